using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>Means over the windows that lie wholly within one condition; NaN where it was shorter than a window.</summary>
/// <param name="MonitorAuroc">Of the monitor's score for "is it right".</param>
/// <param name="SoftmaxAuroc">Of the maximum softmax, on the same predictions.</param>
/// <param name="Ranked">Predictions that both were measured on.</param>
internal sealed record DemoConditionSummary(
    string Condition, double Truth, double Confidence, double LabelFree, double Audited, double MonitorAuroc, double SoftmaxAuroc, int Ranked);

/// <summary>The whole run in numbers.</summary>
internal sealed record RunSummary
{
    public required int Windows { get; init; }

    public required NumberSummary Confidence { get; init; }

    public required NumberSummary LabelFree { get; init; }

    public required NumberSummary Audited { get; init; }

    public required NumberSummary Combined { get; init; }

    /// <summary>Of the audited estimate.</summary>
    public required IntervalSummary Interval { get; init; }

    public required IntervalSummary CombinedInterval { get; init; }

    public required IReadOnlyList<DemoConditionSummary> Conditions { get; init; }

    public required long Predictions { get; init; }

    public required long LabelRequests { get; init; }

    public required long SidecarPeakMemory { get; init; }

    public required TimeSpan WallTime { get; init; }

    /// <summary>Monitors adopted after the first.</summary>
    public required int MonitorChanges { get; init; }

    public double LabelShare => Predictions == 0 ? 0 : (double)LabelRequests / Predictions;

    /// <param name="condition">Which.</param>
    /// <param name="points">Those whose window ends in <paramref name="condition"/>.</param>
    /// <param name="window">Its length.</param>
    /// <param name="ranked">Of the same condition.</param>
    public static DemoConditionSummary OfCondition(
        DemoCondition condition, IReadOnlyList<RunPoint> points, TimeSpan window, IReadOnlyList<RankedPrediction> ranked)
    {
        var settled = points.Where(p => p.At - window >= points[0].At).ToArray();
        return new DemoConditionSummary(
            condition.Name,
            Mean(p => p.Truth),
            Mean(p => p.Confidence),
            Mean(p => p.LabelFree.Value),
            Mean(p => p.Audited.Value),
            Auroc(ranked, r => r.Score),
            Auroc(ranked, r => r.Confidence),
            ranked.Count);

        double Mean(Func<RunPoint, double> number)
        {
            var values = settled.Select(number).Where(double.IsFinite).ToArray();
            return values.Length == 0 ? double.NaN : values.Average();
        }
    }

    private static double Auroc(IReadOnlyList<RankedPrediction> ranked, Func<RankedPrediction, double> score) =>
        ranked.Count == 0 ? double.NaN : ScoreMetrics.Of([.. ranked.Select(score)], [.. ranked.Select(r => r.Correct)]).Auroc;
}
