using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Runs.Replay;

namespace AccuracyMonitor.Runs.Tests.Demo;

public sealed class RunSummaryTests
{
    [Fact]
    public void The_mean_error_is_over_the_windows_in_which_the_number_was_published()
    {
        RunPoint[] points =
            [RunSamples.Point(20, truth: 0.80, audited: 0.82), RunSamples.Point(21, truth: 0.80, audited: 0.76), RunSamples.Point(22, published: false)];

        var summary = NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Audited.Value);

        summary.MeanAbsoluteError.ShouldBe(0.03, tolerance: 1e-12);
        summary.Published.ShouldBe(2 / 3.0, tolerance: 1e-12);
    }

    [Fact]
    public void A_number_never_published_has_no_error()
    {
        var summary = NumberSummary.Of([RunSamples.Point(20, published: false)], p => p.AnsweredTruth, p => p.Audited.Value);

        summary.ShouldBe(new NumberSummary(double.NaN, 0));
        IntervalSummary.Of([RunSamples.Point(20, published: false)], p => p.AnsweredTruth, p => p.Audited).Coverage.ShouldBe(double.NaN);
    }

    [Fact]
    public void Coverage_counts_the_windows_whose_truth_lies_between_the_bounds()
    {
        RunPoint[] points =
            [RunSamples.Point(20, 0.80, 0.79), RunSamples.Point(21, 0.80, 0.83), RunSamples.Point(22, 0.80, 0.84), RunSamples.Point(23, 0.80, 0.70)];

        var interval = IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Audited);

        interval.Coverage.ShouldBe(0.5);
        interval.MeanWidth.ShouldBe(0.06, tolerance: 1e-12);
    }

    [Fact]
    public void Estimates_from_labels_are_held_against_the_predictions_that_labels_speak_for_and_the_others_against_all()
    {
        RunPoint[] points = [RunSamples.Point(20, truth: 0.5, audited: 0.82, answeredTruth: 0.80)];

        var condition = ReplayConditionSummary.Of(0, "clean", points);

        condition.Audited.MeanAbsoluteError.ShouldBe(0.02, tolerance: 1e-12);
        condition.AuditedInterval.Coverage.ShouldBe(1);
        condition.Combined.MeanAbsoluteError.ShouldBe(0.03, tolerance: 1e-12);
        condition.CombinedInterval.Coverage.ShouldBe(0);
        condition.Labelled.MeanAbsoluteError.ShouldBe(0.03, tolerance: 1e-12);
        condition.LabelledInterval.Coverage.ShouldBe(1);
        condition.Confidence.MeanAbsoluteError.ShouldBe(0.4, tolerance: 1e-12);
        condition.LabelFree.MeanAbsoluteError.ShouldBe(0.34, tolerance: 1e-12);
        condition.LabelFreeInterval.Coverage.ShouldBe(0);
    }

    [Fact]
    public void A_conditions_numbers_are_those_of_the_windows_within_it()
    {
        RunPoint[] points = [.. Enumerable.Range(30, 20).Select(second => RunSamples.Point(second, truth: second < 45 ? 0.1 : 0.8))];

        var condition = RunSummary.OfCondition(DemoCondition.Story[1], points, TimeSpan.FromSeconds(15), [new(0.9f, 0.5f, true), new(0.1f, 0.6f, false)]);

        condition.Truth.ShouldBe(0.8, tolerance: 1e-12);
        condition.MonitorAuroc.ShouldBe(1);
        condition.SoftmaxAuroc.ShouldBe(0);
    }

    [Fact]
    public void A_condition_shorter_than_a_window_has_none() =>
        RunSummary.OfCondition(DemoCondition.Story[1], [RunSamples.Point(30), RunSamples.Point(31)], TimeSpan.FromSeconds(15), []).Truth.ShouldBe(double.NaN);
}
