using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>The three estimates of a window's accuracy, from its buckets alone.</summary>
public static class WindowEstimator
{
    /// <param name="buckets">The window's buckets in order of time; any number, also none.</param>
    /// <param name="monitorValid">False withdraws the label-free estimate; the audited one does not rest on it.</param>
    /// <param name="options">Levels and guards.</param>
    public static WindowEstimate Estimate(ReadOnlySpan<Bucket> buckets, bool monitorValid, EstimationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var predictions = default(PredictionSums);
        var labels = default(LabelSums);
        foreach (ref readonly var bucket in buckets)
        {
            predictions.Merge(bucket.Predictions);
            labels.Merge(bucket.Labels);
        }

        var lambda = AuditedAccuracy.Lambda(labels);
        var enoughSamples = predictions.Count >= options.MinSamples;
        var enoughLabels = labels.Count >= options.MinLabels && predictions.CoveredCount > 0;
        return new WindowEstimate
        {
            Predictions = predictions.Count,
            Labels = labels.Count,
            Requested = predictions.Requested,
            Unanswered = labels.Unanswered,
            MeanConfidence = predictions.Count > 0 ? predictions.Confidence / predictions.Count : double.NaN,
            LabelFree = !enoughSamples ? AccuracyEstimate.Without(EstimateKind.LabelFree, EstimateState.InsufficientSamples)
                : !monitorValid ? AccuracyEstimate.Without(EstimateKind.LabelFree, EstimateState.MonitorInvalid)
                : LabelFreeAccuracy.Estimate(predictions, options),
            Labelled = FromLabels(EstimateKind.Labelled, 0),
            Audited = FromLabels(EstimateKind.Audited, lambda),
            Lambda = enoughSamples && enoughLabels ? lambda : 0,
        };

        AccuracyEstimate FromLabels(EstimateKind kind, double tuning) =>
            !enoughSamples ? AccuracyEstimate.Without(kind, EstimateState.InsufficientSamples)
            : !enoughLabels ? AccuracyEstimate.Without(kind, EstimateState.InsufficientLabels)
            : AuditedAccuracy.Estimate(kind, predictions, labels, tuning, options);
    }
}
