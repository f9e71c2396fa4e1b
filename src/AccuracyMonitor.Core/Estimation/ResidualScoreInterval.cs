using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Wilson's idea for a weighted estimate with a control variate: a value t belongs to the interval when (θ̂−t)² ≤ z²·V(t), with the variance
/// that the estimate would have were t the truth, not the one that these labels happen to show.
/// </summary>
/// <remarks>
/// <para>
/// V(t) is found by turning outcomes over at random until the accuracy is t. For t below θ̂ a share δ = (θ̂−t)/θ̂ of the right predictions
/// becomes wrong: V(t) = (1−δ)²·V + f·κ·δ(1−δ)·θ̂, κ being <see cref="WeightedResiduals.LabelShare"/>; for t above, likewise with the wrong
/// ones. With uniform labels, f = 1 and no control variate this is t(1−t)/n, Wilson's interval exactly; with all labels right it still says
/// how many unseen errors are possible, where Wald's has width 0.
/// </para>
/// <para>
/// f is how far a surprise in the estimate is a surprise in its variance too: their regression slope is the third cumulant over the variance
/// (Johnson 1978, "Modified t tests and confidence intervals for asymmetrical populations", JASA 73). One window estimates it badly, so
/// <see cref="PriorSurprises"/> of an average surprise are added, which alone decide where no label was surprising. The side on which V falls
/// is not trusted as far as the one on which it grows (<see cref="FavourableSlope"/>). V itself is widened by the t quantile for the
/// effective number of labels, less the two numbers fitted.
/// </para>
/// <para>The constants are chosen by coverage; <c>CoverageTests</c> measures it.</para>
/// </remarks>
internal static class ResidualScoreInterval
{
    internal const double PriorSurprises = 0.3;
    internal const double FavourableSlope = 0.4;

    // Beyond this the slope says that a few labels carry the whole estimate; the quadratic is then wide enough.
    private const double MaxSurprise = 1.5;
    private const int FittedParameters = 2;

    /// <param name="value">θ̂, [0,1].</param>
    /// <param name="spread">How it scatters.</param>
    /// <param name="alpha">Error level of the two-sided interval, (0,1).</param>
    public static Interval Around(double value, in WeightedResiduals spread, double alpha)
    {
        var z = Normal.InvCDF(0, 1, 1 - (alpha / 2));
        var share = spread.LabelShare;
        if (share <= 0 && spread.Variance <= 0)
        {
            // Every prediction is labelled: nothing is left to chance.
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

        // The f whose V(t) leaves θ̂ with the given slope.
        var surprise = Math.Clamp((slope + (2 * estimated / room)) / share, 0, MaxSurprise) * share;
        var z2 = z * z;
        var a = 1 - (z2 * variance / (room * room)) + (z2 * surprise / room);
        var b = z2 * ((2 * variance / room) - surprise);
        var root = Math.Sqrt(Math.Max(0, (b * b) + (4 * a * z2 * variance)));

        // Of the two ways to write a quadratic's root, each time the one that does not subtract. With b ≤ 0, a is at least 1.
        return b > 0 ? 2 * z2 * variance / (b + root) : (root - b) / (2 * a);
    }
}
