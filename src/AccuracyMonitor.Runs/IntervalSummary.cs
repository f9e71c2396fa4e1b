namespace AccuracyMonitor.Runs;

/// <summary>How an estimate's interval did, over the windows in which it was published.</summary>
/// <param name="Coverage">Share of the windows whose truth it held; NaN when never published.</param>
/// <param name="MeanWidth">Upper less lower bound.</param>
internal sealed record IntervalSummary(double Coverage, double MeanWidth)
{
    /// <param name="points">The windows.</param>
    /// <param name="truth">Of the predictions that the estimate speaks for.</param>
    /// <param name="number">The estimate.</param>
    public static IntervalSummary Of(IEnumerable<RunPoint> points, Func<RunPoint, double> truth, Func<RunPoint, PublishedNumber> number)
    {
        var published = points.Where(p => double.IsFinite(truth(p)) && number(p).IsPublished).ToArray();
        return published.Length == 0
            ? new IntervalSummary(double.NaN, double.NaN)
            : new IntervalSummary(
                (double)published.Count(p => number(p).Covers(truth(p))) / published.Length, published.Average(p => number(p).Upper - number(p).Lower));
    }
}
