using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The audited estimate from the window sums alone, which the sidecar keeps for every window.</summary>
internal static class AuditedStream
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(judged.Window.FromSums(judged.Alpha).Audited, judged.Window.Chosen.Count);
}
