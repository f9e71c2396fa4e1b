using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Tests.Tools;

public sealed class ClassNamesTests
{
    [Fact]
    public void A_choice_is_a_number_or_a_name()
    {
        var classes = ClassNames.Of(["cat", "dog "], out var errors)!;

        errors.ShouldBeEmpty();
        ((string[])["0", "1", "2", "cat", "dog", "Cat", "-1", ""]).Select(classes.Find).ShouldBe([0, 1, null, 0, 1, null, null, null]);
    }

    [Fact]
    public void Names_that_could_be_mistaken_are_all_named()
    {
        ClassNames.Of(["cat", "", "cat", "0", "4"], out var errors).ShouldBeNull();

        errors.ShouldBe(
        [
            "The name of class 1 is empty.",
            "'cat' is the name of class 0 and of class 2; names must differ.",
            "The name of class 3 is '0', which would be read as the number of class 0.",
        ]);
    }
}
