using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The combined estimate that the sidecar publishes. There is none where the window has too few or too many labels for a recalibration.</summary>
internal static class Combined
{
    public static Outcome? Estimate(JudgedWindow judged) =>
        judged.Window.Recalibrated(judged.Alpha) is { } window ? Outcome.Of(window.Combined, judged.Window.Chosen.Count) : null;
}
