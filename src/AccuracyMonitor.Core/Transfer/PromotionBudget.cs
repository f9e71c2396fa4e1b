namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// How much evidence a challenger needs. Evidence is an e-value: where no challenger is better, the chance that it ever reaches 1/a is at most a
/// (Ville's inequality), however often it is looked at. The chances of all champions and both kinds of challenger add up to <see cref="Alpha"/>, so
/// that a stream in which no challenger is ever better keeps its champion for good with probability 1 − <see cref="Alpha"/>.
/// </summary>
public static class PromotionBudget
{
    /// <summary>Chance that a stream ever promotes a challenger although none is better.</summary>
    public const double Alpha = 0.05;

    /// <summary>Recalibration is tried about twenty times as often as fine-tuning, so it has the larger part.</summary>
    private const double RecalibrationShare = 0.8;

    /// <summary>e-value that a recalibrated head needs.</summary>
    /// <param name="earlierPromotions">Challengers that this model version has promoted so far. The n-th champion gets 1/(n(n+1)) of the budget; these
    /// parts add up to 1.</param>
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
