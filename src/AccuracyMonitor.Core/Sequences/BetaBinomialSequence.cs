using AccuracyMonitor.Core.Estimation;
using MathNet.Numerics;

namespace AccuracyMonitor.Core.Sequences;

/// <summary>
/// Exact confidence sequence for the accuracy from uniformly chosen labels (Robbins 1970, "Statistical methods related to the law of the
/// iterated logarithm"): all p₀ against which a beta-mixture bet has not yet reached 1/α. With probability at least 1−α it contains the
/// true accuracy after every label simultaneously, so one may look at any time and stop at any time. The state is two counts, which can be
/// added over pods and corrected.
/// </summary>
/// <remarks>
/// Exact while accuracy is constant. While accuracy drifts, the bounds are for its mean over the labels so far. The number of correct
/// labels then varies less than a binomial count (Hoeffding 1956), and in the simulation of docs/measurements/running-bounds.md the coverage is
/// kept.
/// </remarks>
public static class BetaBinomialSequence
{
    // Jeffreys' prior, fixed before any label. Compared with the uniform prior it has more weight near 0 and 1, where most accuracies are.
    private const double Prior = 0.5;

    // 2⁻⁶⁰ of the unit interval.
    private const int Halvings = 60;

    /// <summary>Two-sided bounds after <paramref name="count"/> labels, with the mean of the labels as the value.</summary>
    /// <param name="right">Number of labels that say "correct", 0…<paramref name="count"/>.</param>
    /// <param name="count">Not negative; with 0 the bounds are 0 and 1 around ½.</param>
    /// <param name="alpha">Probability that the bounds ever exclude the true accuracy, (0,1).</param>
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

    /// <summary>Log wealth of the mixture bet against <paramref name="accuracy"/>: ln of B(½+k, ½+n−k) / (B(½,½)·p₀ᵏ·(1−p₀)ⁿ⁻ᵏ).</summary>
    /// <param name="right">k, 0…n.</param>
    /// <param name="count">n, not negative.</param>
    /// <param name="accuracy">p₀, (0,1).</param>
    public static double LogWealth(long right, long count, double accuracy)
    {
        var wrong = count - right;
        return LogBeta(Prior + right, Prior + wrong) - LogBeta(Prior, Prior) - (right * Math.Log(accuracy)) - (wrong * Math.Log(1 - accuracy));
    }

    /// <summary>Finds where the wealth, which grows without bound on both sides of <paramref name="mean"/>, reaches the
    /// threshold.</summary>
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
