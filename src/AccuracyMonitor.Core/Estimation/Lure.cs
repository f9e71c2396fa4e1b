namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Levelled unbiased risk estimator (Farquhar, Gal and Rainforth 2021, "On statistical bias in active learning: how and when to fix it",
/// section 4; for testing: Kossen, Farquhar, Gal and Rainforth 2021, "Active testing: sample-efficient model evaluation"). Draws
/// one after the other, without replacement, from a fixed pool of N points: R̂ = (1/M)·Σ v_m·ℓ_m with ℓ = 1 for an error and
/// v_m = 1 + (N−M)/(N−m)·(1/((N−m+1)·q_m) − 1); the accuracy is 1 − R̂. Unbiased for the pool's accuracy, and v = 1 where q is uniform.
/// </summary>
/// <remarks>For a stored window only: N must be known, and what is drawn next depends on what was drawn before. A yardstick.</remarks>
public static class Lure
{
    // Without a floor, a confident error has an unbounded weight; the code of the papers has a floor for the same reason.
    private const double FloorShare = 0.1;

    /// <summary>
    /// Draws points with q ∝ max(u, a tenth of the pool's mean u) over the points not drawn yet; uniformly if all uncertainties are 0.
    /// </summary>
    /// <param name="uncertainties">u of each point of the pool, at least 0 and finite; √(g(1−g)) is the best where g is calibrated.</param>
    /// <param name="labels">M, 0…N.</param>
    /// <param name="random">Uniform on [0,1); called M times.</param>
    public static LurePick[] Draw(ReadOnlySpan<double> uncertainties, int labels, Func<double> random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(labels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(labels, uncertainties.Length);
        var weights = Weights(uncertainties);
        var left = new int[weights.Length];
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = i;
        }

        var picks = new LurePick[labels];
        for (var m = 0; m < labels; m++)
        {
            // Recomputed for every draw: subtracting from a running sum would let the rounding error grow as the pool shrinks.
            var rest = left.AsSpan(0, left.Length - m);
            var total = 0.0;
            foreach (var i in rest)
            {
                total += weights[i];
            }

            var place = 0;
            for (var target = random() * total; place < rest.Length - 1 && target >= weights[rest[place]]; place++)
            {
                target -= weights[rest[place]];
            }

            picks[m] = new LurePick(rest[place], weights[rest[place]] / total);
            rest[place] = rest[^1];
        }

        return picks;
    }

    /// <summary>
    /// The pool's accuracy. The interval is normal with variance (1 − M/N)·s²/M, where s² is the sample variance of v·ℓ. This is exact in
    /// expectation for uniform q. The papers give no interval; this one treats the draws as independent. Without an error among the labels
    /// its width is 0.
    /// </summary>
    /// <param name="pool">N, at least the number of picks.</param>
    /// <param name="picks">In the order drawn. With fewer than two (unless the whole pool is labelled) the interval is [0,1].</param>
    /// <param name="correct">Whether the answer for a place in the pool was right.</param>
    /// <param name="alpha">Error level, (0,1).</param>
    public static Interval Estimate(int pool, ReadOnlySpan<LurePick> picks, Func<int, bool> correct, double alpha)
    {
        ArgumentNullException.ThrowIfNull(correct);
        ArgumentOutOfRangeException.ThrowIfLessThan(pool, Math.Max(1, picks.Length));
        if (picks.IsEmpty)
        {
            return new Interval(0.5, 0, 1);
        }

        double labels = picks.Length;
        var (sum, squares) = (0.0, 0.0);
        for (var m = 1; m <= picks.Length; m++)
        {
            var weighted = correct(picks[m - 1].Index) ? 0 : Weight(pool, picks.Length, m, picks[m - 1].Proposal);
            sum += weighted;
            squares += weighted * weighted;
        }

        var risk = sum / labels;
        if (picks.Length == 1 && pool > 1)
        {
            return new Interval(Math.Clamp(1 - risk, 0, 1), 0, 1);
        }

        var variance = picks.Length == pool ? 0 : (squares - (labels * risk * risk)) / (labels - 1) * (1 - (labels / pool)) / labels;
        return NormalInterval.Around(1 - risk, variance, alpha);
    }

    /// <summary>v_m.</summary>
    /// <param name="pool">N.</param>
    /// <param name="labels">M, 1…N.</param>
    /// <param name="draw">m, 1…M.</param>
    /// <param name="proposal">q_m, (0,1].</param>
    internal static double Weight(int pool, int labels, int draw, double proposal)
    {
        if (!(proposal is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(proposal), proposal, "Must be in (0, 1].");
        }

        // When the whole pool is labelled (N−M)/(N−m) is 0/0 at the last draw, and no draw needs a weight.
        return labels == pool
            ? 1
            : 1 + ((double)(pool - labels) / (pool - draw) * ((1 / ((pool - draw + 1) * proposal)) - 1));
    }

    private static double[] Weights(ReadOnlySpan<double> uncertainties)
    {
        var sum = 0.0;
        foreach (var u in uncertainties)
        {
            if (!(u >= 0 && double.IsFinite(u)))
            {
                throw new ArgumentOutOfRangeException(nameof(uncertainties), u, "An uncertainty must be finite and at least 0.");
            }

            sum += u;
        }

        var floor = FloorShare * sum / Math.Max(1, uncertainties.Length);
        var weights = new double[uncertainties.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = sum > 0 ? Math.Max(uncertainties[i], floor) : 1;
        }

        return weights;
    }
}
