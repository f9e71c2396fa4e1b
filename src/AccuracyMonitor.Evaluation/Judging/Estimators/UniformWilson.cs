using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The share of right predictions among simple random labels, with Wilson's interval (1927).</summary>
internal static class UniformWilson
{
    public static Outcome? Estimate(JudgedWindow judged) =>
        Outcome.Of(BinomialInterval.Wilson(judged.Window.UniformRight, judged.Window.Budget, judged.Alpha), judged.Window.Budget);
}
