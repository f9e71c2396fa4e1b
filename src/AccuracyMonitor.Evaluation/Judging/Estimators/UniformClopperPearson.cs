using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The share of right predictions among simple random labels, with the exact binomial interval (Clopper and Pearson 1934).</summary>
internal static class UniformClopperPearson
{
    public static Outcome? Estimate(JudgedWindow judged) =>
        Outcome.Of(BinomialInterval.ClopperPearson(judged.Window.UniformRight, judged.Window.Budget, judged.Alpha), judged.Window.Budget);
}
