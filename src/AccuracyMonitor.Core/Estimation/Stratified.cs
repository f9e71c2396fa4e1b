using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>One stratum of a window, cut by score.</summary>
/// <param name="Predictions">Size, not negative.</param>
/// <param name="Labels">Uniformly chosen within the stratum.</param>
/// <param name="Correct">Right ones among them.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StratumCount(long Predictions, long Labels, long Correct);

/// <summary>
/// Stratified sampling (Neyman 1934, "On the two different aspects of the representative method", JRSS 97): of the samplers here, the one
/// that a bad monitor harms least.
/// </summary>
public static class Stratified
{
    private const int LeastPerStratum = 2;

    /// <summary>
    /// Labels per stratum: a fraction <paramref name="floor"/> of the budget in proportion to size, the rest in proportion to
    /// N_k·√(ḡ_k(1−ḡ_k)), and at least two in every stratum that has two predictions.
    /// </summary>
    /// <param name="sizes">N_k.</param>
    /// <param name="meanScores">ḡ_k, [0,1], same length.</param>
    /// <param name="budget">Total number of labels, not negative. The minimum of two per stratum may exceed it.</param>
    /// <param name="floor">Fraction allocated in proportion to size, [0,1].</param>
    public static int[] Allocate(ReadOnlySpan<long> sizes, ReadOnlySpan<double> meanScores, int budget, double floor = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(meanScores.Length, sizes.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        Require.That(floor is >= 0 and <= 1, floor, "0 to 1", nameof(floor));
        var total = 0.0;
        var spreads = 0.0;
        var spread = new double[sizes.Length];
        for (var k = 0; k < sizes.Length; k++)
        {
            spread[k] = sizes[k] * Math.Sqrt(Math.Max(0, meanScores[k] * (1 - meanScores[k])));
            total += sizes[k];
            spreads += spread[k];
        }

        var allocation = new int[sizes.Length];
        for (var k = 0; k < sizes.Length; k++)
        {
            var share = total > 0 ? sizes[k] / total : 0;
            var wanted = budget * (spreads > 0 ? (floor * share) + ((1 - floor) * spread[k] / spreads) : share);
            allocation[k] = (int)Math.Min(sizes[k], Math.Max(LeastPerStratum, Math.Round(wanted)));
        }

        return allocation;
    }

    /// <summary>
    /// θ̂ = Σ W_k·ȳ_k, V = Σ W_k²·s_k²/n_k, with Wilson's interval on n_eff = θ̂(1−θ̂)/V. A stratum without labels gets the mean of all
    /// labels; without any label the interval is [0,1].
    /// </summary>
    /// <param name="strata">At least one prediction in all.</param>
    /// <param name="alpha">Error level, (0,1).</param>
    public static Interval Estimate(ReadOnlySpan<StratumCount> strata, double alpha)
    {
        double total = 0;
        double labels = 0;
        double correct = 0;
        foreach (ref readonly var stratum in strata)
        {
            total += stratum.Predictions;
            labels += stratum.Labels;
            correct += stratum.Correct;
        }

        Require.That(total > 0, total, "above 0 over all strata", nameof(strata));
        if (labels == 0)
        {
            return new Interval(0.5, 0, 1);
        }

        var value = 0.0;
        var variance = 0.0;
        foreach (ref readonly var stratum in strata)
        {
            var weight = stratum.Predictions / total;
            var n = (double)stratum.Labels;
            value += weight * (n > 0 ? stratum.Correct / n : correct / labels);

            // Adds one correct and one wrong answer (Agresti and Coull 1998), so that a stratum whose few labels agree does not get
            // variance 0.
            var p = (stratum.Correct + 1) / (n + 2);
            variance += weight * weight * p * (1 - p) / Math.Max(1, n);
        }

        value = Math.Clamp(value, 0, 1);
        var bernoulli = value * (1 - value);
        var effective = bernoulli > 0 ? Math.Max(1, bernoulli / variance) : labels;
        return BinomialInterval.Wilson(value * effective, effective, alpha);
    }
}
