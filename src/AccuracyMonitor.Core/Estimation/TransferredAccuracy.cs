using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// The label-free estimate of a window by a monitor with a transfer head: mean score, and an interval that holds the draw of the window's
/// outcomes and what the head's labels leave unknown of the head. Needs no label of the window; right while P(right | softmax) stays what it
/// was when the labels were given, which is what the validity alarm tests.
/// </summary>
public static class TransferredAccuracy
{
    /// <param name="population">The window's predictions.</param>
    /// <param name="posterior">Of the head, from labels of earlier windows or, for the borrowing estimate, of this one too.</param>
    /// <param name="alpha">Error level of the two-sided interval, (0, 0.5].</param>
    /// <param name="kind">What to call it.</param>
    public static AccuracyEstimate Estimate(
        WindowPopulation population, TransferPosterior posterior, double alpha, EstimateKind kind = EstimateKind.LabelFree)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(posterior);
        Require.That(alpha is > 0 and <= 0.5, alpha, "above 0 and at most 0.5", nameof(alpha));
        var (mean, spread, sampling) = population.ScoreMoments(posterior.Head);
        var variance = (spread / population.Count) + sampling + posterior.MeanScoreVariance(population);
        return Around(kind, mean, variance, alpha);
    }

    /// <summary>Wilson's interval with the effective size that has this variance.</summary>
    private static AccuracyEstimate Around(EstimateKind kind, double mean, double variance, double alpha)
    {
        var value = Math.Clamp(mean, 0, 1);
        var bernoulli = value * (1 - value);

        // Scores of exactly 0 and 1 claim certainty; no more of it is believed than a billion labels would give.
        var effective = variance > 0 && bernoulli > 0 ? Math.Min(bernoulli / variance, 1e9) : 1e9;
        return AccuracyEstimate.Of(kind, BinomialInterval.Wilson(value * effective, effective, alpha), effective);
    }
}
