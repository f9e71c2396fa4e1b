using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Judging.Estimators;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Tests.Judging;

/// <summary>The rows named after an estimate of the sidecar follow its rule for which windows are recalibrated.</summary>
public sealed class PublishedEstimatesTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(1300)]
    public void Too_few_or_too_many_labels_give_the_estimate_of_the_sums_and_no_combined_one(int budget)
    {
        var judged = Window(budget);
        RecalibratedWindow.Applies(judged.Window.Chosen.Count).ShouldBeFalse();

        Audited.Estimate(judged).ShouldBe(AuditedStream.Estimate(judged));
        Combined.Estimate(judged).ShouldBeNull();
    }

    [Fact]
    public void A_number_of_labels_between_gives_the_recalibrated_estimates()
    {
        var judged = Window(100);

        Audited.Estimate(judged).ShouldNotBe(AuditedStream.Estimate(judged));
        Combined.Estimate(judged).ShouldNotBeNull();
    }

    private static JudgedWindow Window(int budget)
    {
        const int Rows = 2000;
        using var npz = TwoClasses.Of(Rows, 1, ("clean", 0.9f));
        var condition = TraceConditionReader.Read(TraceFile.Open(npz.Write()), null, null, simulate: false, seed: 1).Single();
        int[] rows = [.. Enumerable.Range(0, Rows)];
        var monitor = ConditionMonitor.Untouched(condition);
        var sampled = new LabelSampling("file", "clean", 1).Draw(condition, rows, monitor, budget, LabelSampling.NewShare());
        var random = new SplitMix64(1);
        return new JudgedWindow(condition, new SimulatedWindow(condition, rows, monitor, sampled, budget, ref random), [], 0, 0.05);
    }
}
