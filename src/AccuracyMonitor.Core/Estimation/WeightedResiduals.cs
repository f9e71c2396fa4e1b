using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Variance and skewness of the weighted mean of the residuals e = y − λg, estimated from the labels (linearised, Poisson sampling;
/// Särndal, Swensson and Wretman 1992, "Model assisted survey sampling", section 7.2 for the ratio).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct WeightedResiduals
{
    /// <param name="s">Sums of the labels.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="mean">Weighted mean of the residuals.</param>
    /// <param name="besides">Variance of the estimate from sources other than the labels.</param>
    public WeightedResiduals(in LabelSums s, double lambda, double mean, double besides = 0)
    {
        // With a = λg + mean, (y − a)² = y − 2ya + a² and (y − a)³ = y − 3ya + 3ya² − a³, as y is 0 or 1.
        var m = mean;
        var square = s.W2Y - (2 * ((lambda * s.W2YG) + (m * s.W2Y)))
            + (lambda * lambda * s.W2G2) + (2 * lambda * m * s.W2G) + (m * m * s.W2);
        var ya = (lambda * s.W3YG) + (m * s.W3Y);
        var ya2 = (lambda * lambda * s.W3YG2) + (2 * lambda * m * s.W3YG) + (m * m * s.W3Y);
        var a3 = (lambda * lambda * lambda * s.W3G3) + (3 * lambda * lambda * m * s.W3G2) + (3 * lambda * m * m * s.W3G) + (m * m * m * s.W3);
        var cube = s.W3Y - (3 * ya) + (3 * ya2) - a3;

        // The outcomes of labelled predictions are known, so only the fraction 1−π of each variance remains (Σw(w−1) instead of Σw²). Using
        // the average fraction for all saves three sums; it overestimates the variance when errors concentrate on labelled predictions.
        var unlabelled = Math.Clamp(1 - (s.W / s.W2), 0, 1);
        Variance = (Math.Max(0, square) / (s.W * s.W) * unlabelled) + besides;
        ThirdCumulant = cube / (s.W * s.W * s.W) * unlabelled * unlabelled;
        LabelShare = s.W2 / (s.W * s.W) * unlabelled;
        KishSize = Math.Max(1, s.W * s.W / s.W2);
    }

    /// <summary>Estimated variance of the estimate.</summary>
    public double Variance { get; }

    /// <summary>Estimated third cumulant of the estimate: negative where now and then a label finds an unexpected error.</summary>
    public double ThirdCumulant { get; }

    /// <summary>
    /// Σw²/(Σw)²: how far one unexpected outcome moves the estimate, averaged over the predictions it may occur in. 1/n for uniform labels.
    /// </summary>
    public double LabelShare { get; }

    /// <summary>(Σw)²/Σw²: labels of equal weight that would scatter alike (Kish 1965, "Survey sampling").</summary>
    public double KishSize { get; }
}
