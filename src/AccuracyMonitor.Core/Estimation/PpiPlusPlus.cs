using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// PPI++ for a mean (Angelopoulos, Duchi and Zrnic 2023, "PPI++: Efficient prediction-powered inference", example 1 and section 6):
/// θ̂ = mean_n y + λ·(mean_N g − mean_n g), λ̂ = Cov(y,g)/((1+n/N)·Var(g)). For uniformly chosen labels only: π is ignored.
/// </summary>
public static class PpiPlusPlus
{
    /// <param name="scores">The unlabelled predictions.</param>
    /// <param name="labels">Uniformly chosen; at least two, else the interval is [0,1].</param>
    /// <param name="alpha">Error level, (0,1).</param>
    /// <param name="lambda">λ; null for the power-tuned one, clipped to [0,1].</param>
    public static Interval Estimate(in ScoreMoments scores, ReadOnlySpan<LabelPoint> labels, double alpha, double? lambda = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Count, 1);
        if (labels.Length < 2)
        {
            return new Interval(Math.Clamp(labels.Length == 0 ? scores.Mean : labels[0].Correct ? 1 : 0, 0, 1), 0, 1);
        }

        double n = labels.Length;
        double y = 0;
        double g = 0;
        double yg = 0;
        double gg = 0;
        foreach (ref readonly var label in labels)
        {
            g += label.Score / n;
            gg += label.Score * label.Score / n;
            y += label.Correct ? 1 / n : 0;
            yg += label.Correct ? label.Score / n : 0;
        }

        var covariance = yg - (y * g);
        var varianceY = y * (1 - y);
        var varianceG = Math.Max(0, gg - (g * g));

        // Var(g) is estimated from all predictions together, the largest sample available.
        var pooled = ((varianceG * n) + (scores.Variance * scores.Count)) / (n + scores.Count);
        var tuned = lambda ?? (pooled > 0 ? Math.Clamp(covariance / ((1 + (n / scores.Count)) * pooled), 0, 1) : 0);
        var residual = Math.Max(0, varianceY - (2 * tuned * covariance) + (tuned * tuned * varianceG));
        var variance = (residual / n) + (tuned * tuned * scores.Variance / scores.Count);
        return NormalInterval.Around(y + (tuned * (scores.Mean - g)), variance, alpha);
    }
}
