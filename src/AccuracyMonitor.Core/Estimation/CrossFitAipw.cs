using AccuracyMonitor.Core.Transfer;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// One window alone (docs/science/estimates.md): the labels first teach the monitor the window's regime, then correct it. Each label is compared with a head
/// fitted without its fold (Zrnic and Candès 2023, "Cross-prediction-powered inference"), so none corrects what it taught; the rest is
/// <see cref="WindowEstimator"/>'s audited estimate.
/// </summary>
public static class CrossFitAipw
{
    /// <param name="population">All covered predictions of the window.</param>
    /// <param name="labels">The labelled ones; weight 1/π. Samples with one key share a fold.</param>
    /// <param name="head">Priors of the head.</param>
    /// <param name="alpha">Error level, (0, 0.5].</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="earlier">Labels of earlier windows of the same regime, or none: they teach every fold's head and correct nothing, so they
    /// cannot bias this window.</param>
    /// <returns><see cref="EstimateState.InsufficientLabels"/> without a label; otherwise Ok.</returns>
    public static AccuracyEstimate Estimate(
        WindowPopulation population, IReadOnlyList<TransferSample> labels, TransferHeadOptions head, double alpha, int folds = 5,
        IReadOnlyList<TransferSample>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(labels);
        return Estimate(population, labels, CrossFit.Heads(labels, population.ClassCount, head, folds, earlier), alpha);
    }

    /// <summary>With heads that have been fitted, one per fold.</summary>
    internal static AccuracyEstimate Estimate(WindowPopulation population, IReadOnlyList<TransferSample> labels, TransferHead[] heads, double alpha)
    {
        Require.That(alpha is > 0 and <= 0.5, alpha, "above 0 and at most 0.5", nameof(alpha));
        var folds = heads.Length;
        var sums = default(LabelSums);
        var expected = 0.0;
        var deviation = 0.0;
        foreach (var fold in labels.GroupBy(label => CrossFit.FoldOf(label.Key, folds)))
        {
            var fitted = heads[fold.Key];
            var weight = sums.W;
            foreach (var label in fold)
            {
                var score = fitted.Score(label.MonitorLogit, label.Probabilities, label.PredictedClass);
                sums.Add(new LabelPoint(score, 1 / label.Weight, label.Correct));
            }

            // A fold's residuals answer for its own head's mean: each counts with the fold's share of the weight.
            // The rows are the same for all of them, and so is the error of their draw.
            var (mean, _, drawn) = population.ScoreMoments(fitted);
            expected += (sums.W - weight) * mean;
            deviation += (sums.W - weight) * Math.Sqrt(drawn);
        }

        if (sums.Count == 0)
        {
            return AccuracyEstimate.Without(EstimateKind.Audited, EstimateState.InsufficientLabels);
        }

        var moments = WindowMoments.Of((long)Math.Round(population.Count), expected / sums.W, sums);
        var sampling = deviation / sums.W;
        return AuditedAccuracy.Estimate(EstimateKind.Audited, moments, AuditedAccuracy.Lambda(moments.Sums), alpha, sampling * sampling);
    }
}
