using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The labels that the sampler chose, each weighted by 1/π; the monitor decides only which predictions are labelled.</summary>
internal static class ChosenHorvitzThompson
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(
        HorvitzThompson.Estimate(judged.Window.Count, judged.Window.ChosenPoints(), judged.Alpha), judged.Window.Chosen.Count);
}
