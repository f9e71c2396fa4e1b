using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Label-free estimate of a window by a monitor with a fitted head: the mean score. The interval covers the random outcomes of the window
/// and the uncertainty of the head. No label of the window is needed. It is correct while P(correct | softmax) stays as it was when the
/// labels were given; the validity alarm tests this.
/// </summary>
public static class RecalibratedAccuracy
{
    /// <param name="population">The window's predictions.</param>
    /// <param name="posterior">Posterior of the head, from labels of earlier windows, or of this window too for the combined
    /// estimate.</param>
    /// <param name="alpha">Error level of the two-sided interval, (0, 0.5].</param>
    /// <param name="kind">Kind of the returned estimate.</param>
    public static AccuracyEstimate Estimate(
        WindowPopulation population, RecalibrationPosterior posterior, double alpha, EstimateKind kind = EstimateKind.LabelFree)
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

        // Scores of exactly 0 and 1 claim certainty. The interval is therefore never narrower than that of a billion labels.
        var effective = variance > 0 && bernoulli > 0 ? Math.Min(bernoulli / variance, 1e9) : 1e9;
        return AccuracyEstimate.Of(kind, BinomialInterval.Wilson(value * effective, effective, alpha), effective);
    }
}
