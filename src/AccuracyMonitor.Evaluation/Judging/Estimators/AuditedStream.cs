using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The audited estimate from the window sums alone, which the sidecar keeps for every window.</summary>
internal static class AuditedStream
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        // The least numbers are 1: a window with few labels is what is judged.
        var options = new EstimatorOptions { Alpha = judged.Alpha, MinSamples = 1, MinLabels = 1 };
        return Outcome.Of(WindowEstimator.Estimate(judged.Window.Buckets, monitorValid: true, options).Audited, judged.Window.Chosen.Count);
    }
}
