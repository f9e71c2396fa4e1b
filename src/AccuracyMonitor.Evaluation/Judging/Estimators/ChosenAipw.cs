using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Active statistical inference as published, with a normal interval (Zrnic and Candès 2024).</summary>
internal static class ChosenAipw
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(
        Aipw.Estimate(judged.Window.Moments, judged.Window.ChosenPoints(), judged.Alpha), judged.Window.Chosen.Count);
}
