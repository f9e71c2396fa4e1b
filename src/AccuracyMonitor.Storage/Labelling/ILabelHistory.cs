namespace AccuracyMonitor.Storage.Labelling;

/// <summary>The label history of a model version, read in order by whoever keeps state of it.</summary>
public interface ILabelHistory
{
    /// <summary>The next labels after a position, and whether a label before it has changed since.</summary>
    /// <exception cref="StoreException">The store can't be read now.</exception>
    Task<LabelHistoryPage> LabelPageAsync(LabelHistoryQuery query, CancellationToken cancellation = default);
}
