using AccuracyMonitor.Bridge.LabelStudio;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Tests.LabelStudio;

public sealed class LabellingConfigTests
{
    private static readonly ClassNames Classes = ClassNames.Of(["<cat & dog>", "owl"], out _)!;

    [Fact]
    public void What_is_created_fits()
    {
        foreach (var content in Enum.GetValues<ContentKind>())
        {
            LabellingConfig.Check(LabellingConfig.Create(content, Classes), Classes, out var options).ShouldBeEmpty();
            options.ShouldBeNull();
        }
    }

    [Fact]
    public void Choices_carry_the_class_number_and_many_can_be_searched()
    {
        var few = LabellingConfig.Create(ContentKind.Text, Classes);
        var many = LabellingConfig.Create(ContentKind.Image, ClassNames.Of([.. Enumerable.Range(0, 1000).Select(k => $"class {k}")], out _)!);

        few.ShouldContain("<Text name=\"input\" value=\"$input\" valueType=\"url\" />");
        few.ShouldContain("<Choice value=\"&lt;cat &amp; dog&gt;\" alias=\"0\" />");
        few.ShouldNotContain("<Filter");
        many.ShouldContain("<Filter name=\"filter\" toName=\"label\"");
        many.ShouldContain("<Choice value=\"class 999\" alias=\"999\" />");
    }

    [Theory]
    [InlineData("<View", "no XML")]
    [InlineData("<!DOCTYPE x [<!ENTITY e 'e'>]><View>&e;</View>", "no XML")]
    [InlineData("<View><Image name='input' value='$input'/></View>", "has no <Choices name=\"label\">")]
    [InlineData("<View><Choices name='label' choice='multiple'><Choice value='owl'/><Choice value='0'/></Choices></View>", "choice=\"multiple\"")]
    [InlineData("<View><Choices name='label'><Choice value='owl'/><Choice value='0'/><Choice value='cow'/></Choices></View>", "offers 'cow'")]
    [InlineData("<View><Choices name='label'><Choice value='owl' alias='0'/><Choice value='x' alias='1'/></Choices></View>", "shows 'owl' for class 0")]
    [InlineData("<View><Choices name='label'><Choice value='owl'/></Choices></View>", "no choice for 1 classes, the first is 0")]
    [InlineData("<View><Image value='$photo'/><Choices name='label'><Choice value='owl'/><Choice value='0'/></Choices></View>", "uses $photo")]
    public void What_a_project_cannot_be_used_for_is_said(string config, string problem) =>
        LabellingConfig.Check(config, Classes, out _).ShouldHaveSingleItem().ShouldContain(problem);

    [Fact]
    public void Choices_may_come_from_the_task()
    {
        LabellingConfig.Check("<View><Image value='$input'/><Choices name='label' value='$options'/></View>", Classes, out var field).ShouldBeEmpty();

        field.ShouldBe("options");
    }
}
