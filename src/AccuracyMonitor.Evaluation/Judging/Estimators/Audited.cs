using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The audited estimate that the sidecar publishes: AIPW with a recalibrated and cross-fitted monitor, or from the window's sums where the window
/// has too few or too many labels for that.</summary>
internal static class Audited
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(
        judged.Window.Recalibrated(judged.Alpha)?.Audited ?? judged.Window.FromSums(judged.Alpha).Audited, judged.Window.Chosen.Count);
}
