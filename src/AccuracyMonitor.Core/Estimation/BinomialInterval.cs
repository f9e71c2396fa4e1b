using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>Two-sided intervals for a proportion from independent, uniformly chosen labels: the classical baseline.</summary>
public static class BinomialInterval
{
    /// <summary>
    /// Wilson's score interval: {θ : (θ̂−θ)² ≤ z²·θ(1−θ)/n} (Wilson 1927, "Probable inference, the law of succession, and statistical
    /// inference", JASA 22). <paramref name="count"/> may be an effective sample size, so neither number need be whole.
    /// </summary>
    /// <param name="successes">0…<paramref name="count"/>.</param>
    /// <param name="count">Positive; with 0 the interval is [0,1] around ½.</param>
    /// <param name="alpha">Error level, (0,1).</param>
    public static Interval Wilson(double successes, double count, double alpha)
    {
        Check(successes, count, alpha);
        if (count == 0)
        {
            return new Interval(0.5, 0, 1);
        }

        var p = successes / count;
        var z = Normal.InvCDF(0, 1, 1 - (alpha / 2));
        var z2 = z * z / count;
        var centre = (p + (z2 / 2)) / (1 + z2);
        var half = Math.Sqrt((p * (1 - p) * z2) + (z2 * z2 / 4)) / (1 + z2);

        // At p = 0 and p = 1 one bound equals the estimate, up to rounding.
        return new Interval(p, Math.Clamp(centre - half, 0, p), Math.Clamp(centre + half, p, 1));
    }

    /// <summary>
    /// The exact interval by inverting two one-sided binomial tests (Clopper and Pearson 1934, "The use of confidence or fiducial limits
    /// illustrated in the case of the binomial", Biometrika 26), through beta quantiles. Covers at least 1−α for every θ.
    /// </summary>
    /// <inheritdoc cref="Wilson" path="/param"/>
    public static Interval ClopperPearson(double successes, double count, double alpha)
    {
        Check(successes, count, alpha);
        if (count == 0)
        {
            return new Interval(0.5, 0, 1);
        }

        var p = successes / count;
        var lower = successes == 0 ? 0 : Beta.InvCDF(successes, count - successes + 1, alpha / 2);
        var upper = successes == count ? 1 : Beta.InvCDF(successes + 1, count - successes, 1 - (alpha / 2));
        return new Interval(p, Math.Clamp(lower, 0, p), Math.Clamp(upper, p, 1));
    }

    private static void Check(double successes, double count, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        Require.That(alpha is > 0 and < 1, alpha, "above 0 and below 1", nameof(alpha));
    }
}
