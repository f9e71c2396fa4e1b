using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The label-free estimate that the sidecar publishes before any label: the mean correctness score of the monitor without a head.</summary>
internal static class MonitorMean
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(judged.Window.MonitorWithoutHead(judged.Alpha), 0);
}
