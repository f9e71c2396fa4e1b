using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Audited accuracy of many sidecars from the sums that each one counts. It computes in C# what the chart's recording rules compute in
/// PromQL, so that it can be compared with the other estimates. The estimate is that of <see cref="AuditedAccuracy"/>, with weights 1/π and
/// no time strata, because counters record when a label came, not when its prediction was made.
/// </summary>
/// <remarks>
/// <para>
/// The interval is <see cref="ResidualScoreInterval"/>'s with f = 1, which treats every flipped outcome as unexpected. It needs no third
/// moments, which saves seven counters, and V(t) has a closed solution. With V the estimated variance, κ the label share and h = ½(z²κ +
/// √(z⁴κ² + 4z²V)), the bound at distance d in a room R (θ̂ below, 1−θ̂ above) solves d² = z²((1−d/R)²V + κd(1−d/R)), which gives 1/d = 1/R
/// + 1/h. So the lower bound is θ̂²/(θ̂+h) and the upper bound is 1 − (1−θ̂)²/(1−θ̂+h). With uniform labels and no score both are Wilson's.
/// </para>
/// <para>V is widened by the t quantile for the effective number of labels minus the two fitted parameters. The quantile is computed by its
/// expansion in 1/ν (Abramowitz and Stegun 1964, 26.7.5), because PromQL has no quantiles.</para>
/// </remarks>
public static class FleetAccuracy
{
    /// <summary>Labels of equal weight below which there is no estimate. The rules say the same.</summary>
    public const double MinLabels = 10;

    /// <summary>Predictions below which there is no estimate. The rules say the same.</summary>
    public const double MinPredictions = 50;

    /// <param name="predictions">Predictions in the range.</param>
    /// <param name="scores">Σg over them.</param>
    /// <param name="labels">Sums of the labels received in the range.</param>
    /// <param name="alpha">Error level of the two-sided interval, (0,0.5].</param>
    public static AccuracyEstimate Estimate(double predictions, double scores, in LabelSums labels, double alpha)
    {
        Require.That(alpha is > 0 and <= 0.5, alpha, "above 0 and at most 0.5", nameof(alpha));
        if (!(predictions >= MinPredictions))
        {
            return AccuracyEstimate.Without(EstimateKind.Audited, EstimateState.InsufficientSamples);
        }

        if (!(labels.W > 0) || labels.W * labels.W / labels.W2 < MinLabels)
        {
            return AccuracyEstimate.Without(EstimateKind.Audited, EstimateState.InsufficientLabels);
        }

        var lambda = AuditedAccuracy.Lambda(labels);
        var residual = (labels.WY - (lambda * labels.WG)) / labels.W;
        var value = Math.Clamp((lambda * scores / predictions) + residual, 0, 1);
        var spread = new WeightedResiduals(labels, lambda, residual);
        var reach = Reach(spread, Normal.InvCDF(0, 1, 1 - (alpha / 2)));
        var interval = new Interval(value, Bound(value, reach), 1 - Bound(1 - value, reach));
        var effective = value is > 0 and < 1 && spread.Variance > 0 ? value * (1 - value) / spread.Variance : spread.KishSize;
        return AccuracyEstimate.Of(EstimateKind.Audited, interval, Math.Clamp(effective, 1, predictions));
    }

    private static double Reach(in WeightedResiduals spread, double z)
    {
        var degrees = Math.Max(1, spread.KishSize - 2);
        var z2 = z * z;
        var t = 1 + ((z2 + 1) / (4 * degrees)) + (((5 * z2 * z2) + (16 * z2) + 3) / (96 * degrees * degrees));
        var variance = spread.Variance * t * t * (degrees + 2) / degrees;
        var prior = z2 * spread.LabelShare;
        return 0.5 * (prior + Math.Sqrt((prior * prior) + (4 * z2 * variance)));
    }

    private static double Bound(double room, double reach) => room > 0 ? room * room / (room + reach) : 0;
}
