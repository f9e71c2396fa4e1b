namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Computes the e-value that a challenger needs. If no challenger is better, the probability that an e-value ever reaches 1/a is at most a,
/// however often it is checked (Ville's inequality). The probabilities for all champions and both kinds of challenger add up to <see
/// cref="Alpha"/>. So if no challenger is ever better, the stream keeps its champion forever with probability at least 1 − <see
/// cref="Alpha"/>.
/// </summary>
public static class PromotionBudget
{
    /// <summary>Bound on the probability that a stream ever promotes a challenger although none is better.</summary>
    public const double Alpha = 0.05;

    /// <summary>Fraction for recalibration. It gets the larger part because it is tried about twenty times as often as
    /// fine-tuning.</summary>
    private const double RecalibrationShare = 0.8;

    /// <summary>e-value that a recalibrated head needs.</summary>
    /// <param name="earlierPromotions">Number of promotions of this model version so far. The n-th champion gets 1/(n(n+1)) of the budget;
    /// these fractions add up to 1.</param>
    public static double ForRecalibration(int earlierPromotions) => Required(RecalibrationShare, earlierPromotions);

    /// <summary>e-value that a fine-tuned network needs.</summary>
    /// <inheritdoc cref="ForRecalibration" path="/param"/>
    public static double ForFineTuning(int earlierPromotions) => Required(1 - RecalibrationShare, earlierPromotions);

    private static double Required(double share, int earlierPromotions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(earlierPromotions);
        var n = earlierPromotions + 1.0;
        return n * (n + 1) / (share * Alpha);
    }
}
