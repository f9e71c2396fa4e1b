using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Active statistical inference (Zrnic and Candès 2024, section 3): the paper's estimate and interval. θ̂ is the mean of z = λg + ξ(y−λg)/π
/// over all predictions and SE = sd(z)/√N. For independent label draws this is augmented inverse-probability weighting (AIPW).
/// </summary>
/// <remarks>Baseline for <see cref="WindowEstimator"/>, which normalises the weights and uses a score interval instead of Wald's.</remarks>
public static class Aipw
{
    /// <param name="scores">All predictions, including the labelled ones.</param>
    /// <param name="labels">The labelled predictions with their π.</param>
    /// <param name="alpha">Error level, (0,1).</param>
    /// <param name="lambda">λ; null for the power-tuned λ̂ = Cov(a,b)/Var(a), a = g(ξ/π−1), b = yξ/π, clipped to [0,1].</param>
    public static Interval Estimate(in ScoreMoments scores, ReadOnlySpan<LabelPoint> labels, double alpha, double? lambda = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Count, 1);
        double a = -scores.Sum;
        double b = 0;
        double aa = scores.SumOfSquares;
        double ab = 0;
        double bb = 0;
        foreach (ref readonly var label in labels)
        {
            var w = 1 / label.InclusionProbability;
            var g = label.Score;
            a += g * w;
            aa += g * g * (((w - 1) * (w - 1)) - 1);
            if (label.Correct)
            {
                b += w;
                bb += w * w;
                ab += g * (w - 1) * w;
            }
        }

        double n = scores.Count;
        var varianceA = (aa / n) - (a / n * a / n);
        var covariance = (ab / n) - (a / n * b / n);
        var varianceB = (bb / n) - (b / n * b / n);
        var tuned = lambda ?? (varianceA > 0 ? Math.Clamp(covariance / varianceA, 0, 1) : 0);
        var variance = varianceB - (2 * tuned * covariance) + (tuned * tuned * varianceA);
        return NormalInterval.Around((b - (tuned * a)) / n, variance / n, alpha);
    }
}
