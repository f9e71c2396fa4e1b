using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Prediction-powered inference on simple random labels: the monitor counts in full, whatever it is worth (Angelopoulos et al. 2023).</summary>
internal static class UniformPpi
{
    public static Outcome? Estimate(JudgedWindow judged) => Outcome.Of(
        PpiPlusPlus.Estimate(judged.Window.Moments, judged.Window.UniformPoints(), judged.Alpha, lambda: 1), judged.Window.Budget);
}
