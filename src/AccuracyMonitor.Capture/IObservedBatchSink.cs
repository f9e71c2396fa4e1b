namespace AccuracyMonitor.Capture;

/// <summary>Takes the predictions that were captured.</summary>
public interface IObservedBatchSink
{
    /// <summary>Returns at once. The batch's values are not read after that.</summary>
    /// <param name="batch">Not yet checked against any bound.</param>
    /// <param name="duplicates">
    /// Completes when the rows have been scored, with how many of them had an id that was counted before; it is 0 where scoring failed.
    /// </param>
    /// <returns>False: the batch was refused, and the refusal was counted.</returns>
    bool TrySubmit(ObservedBatch batch, out Task<int> duplicates);
}
