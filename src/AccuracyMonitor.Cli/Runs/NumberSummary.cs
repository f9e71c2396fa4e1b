namespace AccuracyMonitor.Cli.Runs;

/// <summary>How near one number came to the truth, over windows.</summary>
/// <param name="MeanAbsoluteError">0–1; NaN when never published.</param>
/// <param name="Published">Share of the windows in which it was given.</param>
internal sealed record NumberSummary(double MeanAbsoluteError, double Published)
{
    /// <summary>Windows without a known truth count for nothing.</summary>
    public static NumberSummary Of(IEnumerable<RunPoint> points, Func<RunPoint, double> number)
    {
        var known = points.Where(p => double.IsFinite(p.Truth)).ToArray();
        var published = known.Where(p => double.IsFinite(number(p))).ToArray();
        return new NumberSummary(
            published.Length == 0 ? double.NaN : published.Average(p => Math.Abs(number(p) - p.Truth)),
            known.Length == 0 ? 0 : (double)published.Length / known.Length);
    }
}
