using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The label-free estimate that the sidecar publishes once labels of earlier windows have recalibrated its monitor.</summary>
internal static class RecalibratedMonitor
{
    public static Outcome? Estimate(JudgedWindow judged) =>
        judged.Window.Monitor.HasHead ? Outcome.Of(judged.Window.FromSums(judged.Alpha).LabelFree, 0) : null;
}
