using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Wilson-type score interval for a weighted estimate with a control variate: a value t belongs to the interval when (θ̂−t)² ≤ z²·V(t),
/// where V(t) is the variance that the estimate would have if t were the true accuracy.
/// </summary>
/// <remarks>
/// <para>
/// V(t) is obtained by flipping outcomes at random until the accuracy is t. For t below θ̂ a fraction δ = (θ̂−t)/θ̂ of the correct
/// predictions becomes wrong: V(t) = (1−δ)²·V + f·κ·δ(1−δ)·θ̂, where κ is <see cref="WeightedResiduals.LabelShare"/>. For t above θ̂ the
/// wrong predictions are treated in the same way. With uniform labels, f = 1 and no control variate this is t(1−t)/n, exactly Wilson's
/// interval. When all labels are correct it still bounds the number of unseen errors, where Wald's interval has width 0.
/// </para>
/// <para>
/// f is the ratio between the change of the variance and the change of the estimate under unexpected outcomes. Their regression slope is
/// the third cumulant divided by the variance (Johnson 1978, "Modified t tests and confidence intervals for asymmetrical populations", JASA
/// 73). A single window estimates it poorly, so <see cref="PriorSurprises"/> average outcomes are added; they alone determine f when no
/// label is unexpected. On the side where V falls the slope is trusted less than on the side where V grows (<see cref="FavourableSlope"/>).
/// V itself is widened by the t quantile for the effective number of labels minus the two fitted parameters.
/// </para>
/// <para>The constants were chosen by coverage; <c>CoverageTests</c> measures it.</para>
/// </remarks>
internal static class ResidualScoreInterval
{
    internal const double PriorSurprises = 0.3;
    internal const double FavourableSlope = 0.4;

    // A larger slope means that a few labels dominate the estimate. The quadratic is wide enough at this value.
    private const double MaxSurprise = 1.5;
    private const int FittedParameters = 2;

    /// <param name="value">θ̂, [0,1].</param>
    /// <param name="spread">Moments of the residuals.</param>
    /// <param name="alpha">Error level of the two-sided interval, (0,1).</param>
    public static Interval Around(double value, in WeightedResiduals spread, double alpha)
    {
        var z = Normal.InvCDF(0, 1, 1 - (alpha / 2));
        var share = spread.LabelShare;
        if (share <= 0 && spread.Variance <= 0)
        {
            // Every prediction is labelled, so there is no sampling error.
            return new Interval(value, value, value);
        }

        var degrees = Math.Max(1, spread.KishSize - FittedParameters);
        var t = StudentT.InvCDF(0, 1, degrees, 1 - (alpha / 2)) / z;
        var variance = spread.Variance * t * t * (degrees + FittedParameters) / degrees;
        var prior = PriorSurprises * share * share;
        var down = Slope((-spread.ThirdCumulant + (prior * share)) / (spread.Variance + prior));
        var up = Slope((spread.ThirdCumulant + (prior * share)) / (spread.Variance + prior));
        return new Interval(
            value,
            Math.Clamp(value - Reach(value, down, spread.Variance, variance, share, z), 0, value),
            Math.Clamp(value + Reach(1 - value, up, spread.Variance, variance, share, z), value, 1));
    }

    private static double Slope(double slope) => slope < 0 ? slope * FavourableSlope : slope;

    /// <summary>The d in [0, room] with d² = z²·((1−d/room)²·V + f·κ·d·(1−d/room)).</summary>
    private static double Reach(double room, double slope, double estimated, double variance, double share, double z)
    {
        if (room <= 0)
        {
            return 0;
        }

        // The f for which V(t) has the given slope at θ̂.
        var surprise = Math.Clamp((slope + (2 * estimated / room)) / share, 0, MaxSurprise) * share;
        var z2 = z * z;
        var a = 1 - (z2 * variance / (room * room)) + (z2 * surprise / room);
        var b = z2 * ((2 * variance / room) - surprise);
        var root = Math.Sqrt(Math.Max(0, (b * b) + (4 * a * z2 * variance)));

        // Of the two formulas for a quadratic root, use the one without subtraction. With b ≤ 0, a is at least 1.
        return b > 0 ? 2 * z2 * variance / (b + root) : (root - b) / (2 * a);
    }
}
