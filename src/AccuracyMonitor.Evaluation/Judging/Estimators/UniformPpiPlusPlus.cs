using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Prediction-powered inference with the weight of the monitor chosen from the labels (Angelopoulos, Duchi and Zrnic 2023).</summary>
internal static class UniformPpiPlusPlus
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(
        PpiPlusPlus.Estimate(judged.Window.Moments, judged.Window.UniformPoints(), judged.Alpha), judged.Window.Budget);
}
