namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Computes the e-value that a challenger needs. If no challenger is better, the probability that an e-value ever reaches 1/a is at most a,
/// however often it is checked (Ville's inequality).
/// </summary>
/// <remarks>
/// What is bounded by <see cref="Alpha"/>: the expected share of wrong promotions among the promotions of a stream, over its whole life (e-LOND: Xu and
/// Ramdas, "Online multiple testing with e-values", 2024). So a stream in which no challenger is ever better than its first champion promotes one with
/// probability Alpha/2 at most. The n-th champion has the part 1/(n(n+1)) of Alpha, and the parts add up to 1; every promotion before earns that part once
/// more. "Wrong" has the meaning that the evidence gives it: see <see cref="LikelihoodEvidence"/> and <see cref="LossEvidence"/>.
/// </remarks>
public static class PromotionBudget
{
    /// <summary>Expected share of wrong promotions, at most.</summary>
    public const double Alpha = 0.05;

    /// <summary>Fraction for recalibration. It gets the larger part because it is tried about twenty times as often as
    /// fine-tuning.</summary>
    private const double RecalibrationShare = 0.8;

    /// <summary>e-value that a recalibrated head needs.</summary>
    /// <param name="earlierPromotions">Challengers that this model version has promoted so far.</param>
    public static double ForRecalibration(int earlierPromotions) => Required(RecalibrationShare, earlierPromotions);

    /// <summary>e-value that a fine-tuned network needs.</summary>
    /// <inheritdoc cref="ForRecalibration" path="/param"/>
    public static double ForFineTuning(int earlierPromotions) => Required(1 - RecalibrationShare, earlierPromotions);

    private static double Required(double share, int earlierPromotions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(earlierPromotions);

        // n·1/(n(n+1)) of the budget, n the number of this champion.
        return (earlierPromotions + 2.0) / (share * Alpha);
    }
}
