using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Sampling;

public sealed class UniformShareChoiceTests
{
    [Fact]
    public void Observe_ErrorsWhereTheMonitorIsSure_MovesTheUniformShareToOneAfterALotOfLabels()
    {
        var choice = new UniformShareChoice(0.02, 0.5);
        for (var i = 0; i < UniformShareChoice.LabelsPerChoice - 1; i++)
        {
            choice.Observe(Surprise(i));
        }

        choice.UniformShare.ShouldBe(0.5, "nothing is chosen before there are enough labels");
        for (var i = 0; i < 200; i++)
        {
            choice.Observe(Surprise(i));
        }

        choice.UniformShare.ShouldBe(1);
    }

    [Fact]
    public void Observe_TheSurprisesEnd_TheOldLabelsAreForgotten()
    {
        var choice = new UniformShareChoice(0.02, 0.5);
        for (var i = 0; i < 300; i++)
        {
            choice.Observe(Surprise(i));
        }

        for (var i = 0; i < 325; i++)
        {
            choice.Observe(new LabelPoint(i % 2 == 0 ? 0.99 : 0.5, i % 2 == 0 ? 0.006 : 0.014, i % 2 == 0 || i % 4 == 1));
        }

        choice.UniformShare.ShouldBeLessThan(0.5);
    }

    // Half of the predictions that the monitor is sure of are wrong.
    private static LabelPoint Surprise(int i) => i % 2 == 0 ? new LabelPoint(0.99, 0.006, i % 4 == 0) : new LabelPoint(0.5, 0.014, i % 4 == 1);
}
