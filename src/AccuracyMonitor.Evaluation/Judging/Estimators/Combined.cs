namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The combined estimate that the sidecar publishes.</summary>
internal static class Combined
{
    public static Outcome? Estimate(JudgedWindow judged) =>
        Outcome.Of(judged.Window.Recalibrated(judged.Alpha).Combined, judged.Window.Chosen.Count);
}
