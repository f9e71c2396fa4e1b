using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Evaluation;

namespace AccuracyMonitor.Training.Evaluation;

/// <summary>Quality of a correctness score, from its logits and the outcomes.</summary>
/// <param name="LogLoss">Mean logistic loss, nats.</param>
/// <param name="Brier">Mean squared error of the score, [0, 1].</param>
/// <param name="Auroc">P(a right prediction scores above a wrong one), ties counting half (Mann–Whitney); NaN where all are right or all wrong.</param>
/// <param name="MeanScore">The label-free estimate of accuracy, [0, 1].</param>
/// <param name="Accuracy">True accuracy, [0, 1].</param>
public sealed record ScoreMetrics(double LogLoss, double Brier, double Auroc, double MeanScore, double Accuracy)
{
    /// <param name="logits">Finite; length n, at least 1.</param>
    /// <param name="correct">Length n.</param>
    public static ScoreMetrics Of(ReadOnlySpan<double> logits, ReadOnlySpan<bool> correct)
    {
        ArgumentOutOfRangeException.ThrowIfZero(logits.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(correct.Length, logits.Length);
        var (loss, brier, mean, right) = (0.0, 0.0, 0.0, 0);
        for (var i = 0; i < logits.Length; i++)
        {
            loss += Logistic.SoftPlus(correct[i] ? -logits[i] : logits[i]);
            var g = Logistic.Sigmoid(logits[i]);
            mean += g;
            brier += correct[i] ? (1 - g) * (1 - g) : g * g;
            right += correct[i] ? 1 : 0;
        }

        double n = logits.Length;
        return new ScoreMetrics(loss / n, brier / n, RankingMetrics.Auroc(logits, correct), mean / n, right / n);
    }
}
