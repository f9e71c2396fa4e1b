using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Cli.Demo;

/// <summary>How near one number came to the truth, over windows.</summary>
/// <param name="MeanAbsoluteError">0–1; NaN when never published.</param>
/// <param name="Published">Share of the windows in which it was given.</param>
internal sealed record NumberSummary(double MeanAbsoluteError, double Published);

/// <summary>How the audited interval did.</summary>
/// <param name="Coverage">Share of the windows whose truth it held.</param>
/// <param name="MeanWidth">Upper less lower bound.</param>
internal sealed record IntervalSummary(double Coverage, double MeanWidth);

/// <summary>Means over the windows that lie wholly within one regime; NaN where it was shorter than a window.</summary>
/// <param name="MonitorAuroc">Of the monitor's score for "is it right".</param>
/// <param name="SoftmaxAuroc">Of the maximum softmax, on the same predictions.</param>
/// <param name="Ranked">Predictions that both were measured on.</param>
internal sealed record RegimeSummary(
    string Regime, double Truth, double Confidence, double LabelFree, double Audited, double MonitorAuroc, double SoftmaxAuroc, int Ranked);

/// <summary>The whole run in numbers.</summary>
internal sealed record RunSummary
{
    public required int Windows { get; init; }

    public required NumberSummary Confidence { get; init; }

    public required NumberSummary LabelFree { get; init; }

    public required NumberSummary Audited { get; init; }

    public required IntervalSummary Interval { get; init; }

    public required IReadOnlyList<RegimeSummary> Regimes { get; init; }

    public required long Predictions { get; init; }

    public required long LabelRequests { get; init; }

    public required long SidecarPeakMemory { get; init; }

    public required TimeSpan WallTime { get; init; }

    /// <summary>Monitors adopted after the first.</summary>
    public required int MonitorChanges { get; init; }

    public double LabelShare => Predictions == 0 ? 0 : (double)LabelRequests / Predictions;

    public static NumberSummary OfNumber(IReadOnlyCollection<RunPoint> points, Func<RunPoint, double> number)
    {
        var published = points.Where(p => double.IsFinite(number(p))).ToArray();
        return new NumberSummary(
            published.Length == 0 ? double.NaN : published.Average(p => Math.Abs(number(p) - p.Truth)),
            points.Count == 0 ? 0 : (double)published.Length / points.Count);
    }

    public static IntervalSummary OfInterval(IReadOnlyCollection<RunPoint> points)
    {
        var published = points.Where(p => p.Audited.IsPublished).ToArray();
        return published.Length == 0
            ? new IntervalSummary(double.NaN, double.NaN)
            : new IntervalSummary(
                (double)published.Count(p => p.Audited.Covers(p.Truth)) / published.Length, published.Average(p => p.Audited.Upper - p.Audited.Lower));
    }

    /// <param name="regime">Which.</param>
    /// <param name="points">Those whose window ends in <paramref name="regime"/>.</param>
    /// <param name="window">Its length.</param>
    /// <param name="ranked">Of the same regime.</param>
    public static RegimeSummary OfRegime(Regime regime, IReadOnlyList<RunPoint> points, TimeSpan window, IReadOnlyList<RankedPrediction> ranked)
    {
        var settled = points.Where(p => p.At - window >= points[0].At).ToArray();
        return new RegimeSummary(
            regime.Name,
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
