namespace AccuracyMonitor.Runs;

/// <summary>How near one number came to the truth, over windows.</summary>
/// <param name="MeanAbsoluteError">0–1; NaN when never published.</param>
/// <param name="Published">Share of the windows in which it was given.</param>
internal sealed record NumberSummary(double MeanAbsoluteError, double Published)
{
    /// <summary>Windows without a known truth count for nothing.</summary>
    /// <param name="points">The windows.</param>
    /// <param name="truth">Of the predictions that the number speaks for.</param>
    /// <param name="number">NaN where none was published.</param>
    public static NumberSummary Of(IEnumerable<RunPoint> points, Func<RunPoint, double> truth, Func<RunPoint, double> number)
    {
        var known = points.Where(p => double.IsFinite(truth(p))).ToArray();
        var published = known.Where(p => double.IsFinite(number(p))).ToArray();
        return new NumberSummary(
            published.Length == 0 ? double.NaN : published.Average(p => Math.Abs(number(p) - truth(p))),
            known.Length == 0 ? 0 : (double)published.Length / known.Length);
    }
}
