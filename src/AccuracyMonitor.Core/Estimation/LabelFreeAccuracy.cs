using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Mean correctness score. Correct only as far as the monitor is: the interval covers the random outcomes given the scores and the error of
/// the reference set, but not a monitor that no longer fits. Never publish it as an audited estimate.
/// </summary>
internal static class LabelFreeAccuracy
{
    public static AccuracyEstimate Estimate(in PredictionSums sums, EstimatorOptions options)
    {
        var mean = Math.Clamp(sums.Score / sums.Count, 0, 1);
        var reference = options.LabelFreeReferenceStandardError;
        var variance = (Math.Max(0, sums.ScoreVariance) / sums.Count / sums.Count) + (reference * reference);
        var spread = mean * (1 - mean);

        // Scores of exactly 0 and 1 claim certainty. The interval is therefore never narrower than that of as many uniform labels.
        var effective = variance > 0 && spread > 0 ? Math.Min(spread / variance, 1e9) : sums.Count;
        return AccuracyEstimate.Of(EstimateKind.LabelFree, BinomialInterval.Wilson(mean * effective, effective, options.Alpha), effective);
    }
}
