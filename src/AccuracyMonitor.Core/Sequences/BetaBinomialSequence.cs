using AccuracyMonitor.Core.Estimation;
using MathNet.Numerics;

namespace AccuracyMonitor.Core.Sequences;

/// <summary>
/// Exact confidence sequence for the accuracy behind uniformly chosen labels (Robbins 1970, "Statistical methods related to the law of the
/// iterated logarithm"): every p₀ against which a bet with a beta mixture has not yet won 1/α. With
/// probability at least 1−α it holds the truth after every label at once, so one may look as often as one likes and stop when one likes.
/// The state is the two counts, which add over pods and may be corrected.
/// </summary>
/// <remarks>
/// Exact while accuracy stands still. While it drifts the bounds are about its mean over the labels so far: the count of right ones then
/// scatters less than a binomial one (Hoeffding 1956), and the simulation in docs/science/running-bounds.md finds the level kept.
/// </remarks>
public static class BetaBinomialSequence
{
    // Jeffreys' prior, fixed before any label: half as much weight again near 0 and 1, where accuracies live, as the uniform one has.
    private const double Prior = 0.5;

    // 2⁻⁶⁰ of the unit interval.
    private const int Halvings = 60;

    /// <summary>The two-sided bounds after <paramref name="count"/> labels, around their mean.</summary>
    /// <param name="right">Labels that say "right", 0…<paramref name="count"/>.</param>
    /// <param name="count">Not negative; with 0 the bounds are 0 and 1 around ½.</param>
    /// <param name="alpha">Probability that the bounds ever leave the truth out, (0,1).</param>
    public static Interval Bounds(long right, long count, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, count);
        Require.That(alpha is > 0 and < 1, alpha, "above 0 and below 1", nameof(alpha));
        if (count == 0)
        {
            return new Interval(0.5, 0, 1);
        }

        var mean = (double)right / count;
        var threshold = -Math.Log(alpha);
        return new Interval(
            mean,
            right == 0 ? 0 : Edge(right, count, mean, 0, threshold),
            right == count ? 1 : Edge(right, count, mean, 1, threshold));
    }

    /// <summary>ln of what the mixture has won against <paramref name="accuracy"/>: B(½+k, ½+n−k) / (B(½,½)·p₀ᵏ·(1−p₀)ⁿ⁻ᵏ).</summary>
    /// <param name="right">k, 0…n.</param>
    /// <param name="count">n, not negative.</param>
    /// <param name="accuracy">p₀, (0,1).</param>
    public static double LogWealth(long right, long count, double accuracy)
    {
        var wrong = count - right;
        return LogBeta(Prior + right, Prior + wrong) - LogBeta(Prior, Prior) - (right * Math.Log(accuracy)) - (wrong * Math.Log(1 - accuracy));
    }

    /// <summary>Where the wealth, which rises from <paramref name="mean"/> outwards without bound, reaches the threshold.</summary>
    private static double Edge(long right, long count, double mean, double end, double threshold)
    {
        var (inside, outside) = (mean, end);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (inside + outside) / 2;
            if (LogWealth(right, count, middle) < threshold)
            {
                inside = middle;
            }
            else
            {
                outside = middle;
            }
        }

        return outside;
    }

    private static double LogBeta(double a, double b) => SpecialFunctions.GammaLn(a) + SpecialFunctions.GammaLn(b) - SpecialFunctions.GammaLn(a + b);
}
