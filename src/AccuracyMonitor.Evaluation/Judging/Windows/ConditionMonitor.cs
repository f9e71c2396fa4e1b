using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.Judging.Windows;

/// <summary>The monitor as it is when a window begins: without a head, or with one fitted to labels of earlier windows of the condition.</summary>
internal sealed record ConditionMonitor
{
    private ConditionMonitor()
    {
    }

    /// <summary>g of each row of the condition.</summary>
    public required double[] Scores { get; init; }

    /// <summary>Standard error of a mean score that more predictions cannot reduce.</summary>
    public required double MeanScoreStandardError { get; init; }

    /// <summary>Whether the scores are those of a head.</summary>
    public bool HasHead { get; private init; }

    /// <summary>Labels of earlier windows, oldest first.</summary>
    public IReadOnlyList<LabelledPrediction> Earlier { get; init; } = [];

    public static ConditionMonitor Untouched(TraceCondition condition) =>
        new() { Scores = condition.Scores, MeanScoreStandardError = condition.MonitorStandardError };

    /// <param name="condition">The condition.</param>
    /// <param name="labels">At least one.</param>
    public static ConditionMonitor FittedOn(TraceCondition condition, IReadOnlyList<LabelledPrediction> labels)
    {
        var classes = condition.Data.ClassCount;
        var posterior = RecalibrationHeadFitter.FitPosterior(labels, classes, new RecalibrationHeadOptions());
        return new ConditionMonitor
        {
            Scores = condition.ScoresWith(posterior.Head),
            MeanScoreStandardError = Math.Sqrt(posterior.MeanScoreVariance(WindowPopulation.Of(labels, classes))),
            HasHead = true,
            Earlier = labels,
        };
    }
}
