using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Augmented inverse-probability weighting with power tuning (Zrnic and Candès 2024, "Active statistical inference"; Angelopoulos, Duchi and
/// Zrnic 2023, "PPI++"), Hájek-normalised: θ̂ = λ·ḡ + Σw(y−λg)/Σw.
/// </summary>
internal static class AuditedAccuracy
{
    /// <summary>λ̂ = Cov_w(y,g)/Var_w(g) with weights w², clipped to [0,1].</summary>
    public static double Lambda(in LabelSums s)
    {
        if (s.Count == 0 || s.W <= 0)
        {
            return 0;
        }

        var y = s.WY / s.W;
        var g = s.WG / s.W;
        var variance = s.W2G2 - (2 * g * s.W2G) + (g * g * s.W2);
        var covariance = s.W2YG - (g * s.W2Y) - (y * s.W2G) + (y * g * s.W2);
        return variance > 1e-12 * s.W2 ? Math.Clamp(covariance / variance, 0, 1) : 0;
    }

    public static AccuracyEstimate Estimate(
        EstimateKind kind, in PredictionSums predictions, in LabelSums s, double lambda, EstimationOptions options)
    {
        var residual = (s.WY - (lambda * s.WG)) / s.W;
        var mean = predictions.CoveredScore / predictions.CoveredCount;
        var value = Math.Clamp((lambda * mean) + residual, 0, 1);
        var squares = s.W2Y - (2 * lambda * s.W2YG) + (lambda * lambda * s.W2G2)
            - (2 * residual * (s.W2Y - (lambda * s.W2G))) + (residual * residual * s.W2);
        var variance = Math.Max(0, squares) / (s.W * s.W);
        var kish = s.W * s.W / s.W2;
        var spread = value * (1 - value);
        var effective = spread > 0 && variance > 0 ? Math.Clamp(spread / variance, 1, 10 * s.Count) : kish;
        return AccuracyEstimate.Of(kind, BinomialInterval.Wilson(value * effective, effective, options.Alpha), effective);
    }
}
