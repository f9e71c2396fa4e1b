using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>
/// What active inference could reach in a condition if P(right | softmax) were known (Zrnic and Candès 2024,
/// "Active Statistical Inference": π ∝ √(g(1−g)), variance Σ(y−g)²(1/π−1)/N²).
/// P is estimated from all labels of the condition, each by a fit without it, so the bound is itself an estimate, and a little high.
/// </summary>
internal static class OracleBound
{
    /// <returns>Mean square error with <paramref name="budget"/> labels in a window of <paramref name="predictions"/>.</returns>
    public static double MeanSquareError(TraceCondition condition, int predictions, int budget)
    {
        var samples = Enumerable.Range(0, condition.Count).Select(row => condition.Sample(row, 1)).ToArray();
        var scores = CrossFit.HeadScores(samples, condition.Data.ClassCount, new RecalibrationHeadOptions());
        var floor = new SamplerOptions().Floor;
        var uncertainties = scores.Select(g => Math.Max(floor, Math.Sqrt(g * (1 - g)))).ToArray();
        var unit = (double)budget / predictions / uncertainties.Average();
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            var residual = (condition.Correct[i] ? 1 : 0) - scores[i];
            sum += residual * residual * ((1 / Math.Min(1, unit * uncertainties[i])) - 1);
        }

        return sum / scores.Length / predictions;
    }
}
