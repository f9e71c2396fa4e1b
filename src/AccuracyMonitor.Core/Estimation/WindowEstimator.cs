using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>Computes the three estimates of a window's accuracy from its buckets.</summary>
public static class WindowEstimator
{
    /// <param name="buckets">The window's buckets in order of time; may be empty.</param>
    /// <param name="monitorValid">False withdraws the label-free estimate. The audited estimate does not depend on it.</param>
    /// <param name="options">Levels and guards.</param>
    public static WindowEstimate Estimate(ReadOnlySpan<Bucket> buckets, bool monitorValid, EstimatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var predictions = default(PredictionSums);
        long labels = 0;
        long unanswered = 0;
        foreach (ref readonly var bucket in buckets)
        {
            predictions.Merge(bucket.Predictions);
            labels += bucket.Labels.Count;
            unanswered += bucket.Labels.Unanswered;
        }

        var answered = AnswerStrata.Of(buckets);
        var moments = WindowMoments.Of(buckets[..answered.Buckets]);
        var enoughSamples = predictions.Count >= options.MinSamples;
        var enoughLabels = moments.Labels >= options.MinLabels;
        var lambda = enoughSamples && enoughLabels ? AuditedAccuracy.Lambda(moments.Sums) : 0;
        return new WindowEstimate
        {
            Predictions = predictions.Count,
            Labels = labels,
            Requested = predictions.Requested,
            Unanswered = unanswered,
            MeanConfidence = predictions.Count > 0 ? predictions.Confidence / predictions.Count : double.NaN,
            LabelFree = !enoughSamples ? AccuracyEstimate.Without(EstimateKind.LabelFree, EstimateState.InsufficientSamples)
                : !monitorValid ? AccuracyEstimate.Without(EstimateKind.LabelFree, EstimateState.MonitorInvalid)
                : LabelFreeAccuracy.Estimate(predictions, options),
            Labelled = FromLabels(EstimateKind.Labelled, 0),
            Audited = FromLabels(EstimateKind.Audited, lambda),
            Lambda = lambda,
            AnsweredUntil = answered.Until,
        };

        AccuracyEstimate FromLabels(EstimateKind kind, double tuning) =>
            !enoughSamples ? AccuracyEstimate.Without(kind, EstimateState.InsufficientSamples)
            : !enoughLabels ? AccuracyEstimate.Without(kind, EstimateState.InsufficientLabels)
            : AuditedAccuracy.Estimate(kind, moments, tuning, options.Alpha);
    }
}
