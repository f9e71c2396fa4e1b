using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Mean correctness score. Right exactly as far as the monitor is: its interval holds the draw of the window's outcomes given the scores and
/// the reference set's own error, not a monitor that no longer fits. It must never be published as an audited number.
/// </summary>
internal static class LabelFreeAccuracy
{
    public static AccuracyEstimate Estimate(in PredictionSums sums, EstimationOptions options)
    {
        var mean = Math.Clamp(sums.Score / sums.Count, 0, 1);
        var reference = options.LabelFreeReferenceStandardError;
        var variance = (Math.Max(0, sums.ScoreVariance) / sums.Count / sums.Count) + (reference * reference);
        var spread = mean * (1 - mean);

        // Scores of exactly 0 and 1 claim certainty; no more of it is believed than that many uniform labels would give.
        var effective = variance > 0 && spread > 0 ? Math.Min(spread / variance, 1e9) : sums.Count;
        return AccuracyEstimate.Of(EstimateKind.LabelFree, BinomialInterval.Wilson(mean * effective, effective, options.Alpha), effective);
    }
}
