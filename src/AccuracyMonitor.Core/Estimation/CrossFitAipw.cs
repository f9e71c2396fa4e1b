using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Estimate of a single window (docs/science/estimates.md): its labels are used both to fit a head and to correct the estimate. Each label
/// is compared with a head fitted without that label's fold (Zrnic and Candès 2023, "Cross-prediction-powered inference"), so no label
/// corrects a head that learned from it. The rest is the audited estimate of <see cref="WindowEstimator"/>.
/// </summary>
public static class CrossFitAipw
{
    /// <param name="population">All covered predictions of the window.</param>
    /// <param name="labels">The labelled predictions with weight 1/π. Samples with the same key share a fold.</param>
    /// <param name="head">Prior standard deviations of the head.</param>
    /// <param name="alpha">Error level, (0, 0.5].</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="earlier">Labels of earlier windows of the same condition, or none. Every fold's head learns from them, but they are not
    /// used to correct the estimate, so they cannot bias this window.</param>
    /// <returns><see cref="EstimateState.InsufficientLabels"/> without any label; otherwise Ok.</returns>
    public static AccuracyEstimate Estimate(
        WindowPopulation population, IReadOnlyList<LabelledPrediction> labels, RecalibrationHeadOptions head, double alpha, int folds = 5,
        IReadOnlyList<LabelledPrediction>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(population);
        ArgumentNullException.ThrowIfNull(labels);
        return Estimate(population, labels, CrossFit.Heads(labels, population.ClassCount, head, folds, earlier), alpha);
    }

    /// <summary>The same estimate from heads that are already fitted, one per fold.</summary>
    internal static AccuracyEstimate Estimate(WindowPopulation population, IReadOnlyList<LabelledPrediction> labels, RecalibrationHead[] heads, double alpha)
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

            // The residuals of a fold correct the mean of that fold's head, weighted by the fold's share of the total weight. All folds use
            // the same rows, so they share the sampling error of the rows.
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
