namespace AccuracyMonitor.Capture;

/// <summary>Takes the predictions that were captured.</summary>
public interface IObservedBatchSink
{
    /// <summary>Returns at once. The batch's values are not read after that.</summary>
    /// <param name="batch">Not yet checked against any bound.</param>
    /// <param name="scored">Completes when the rows have been scored and their label requests are kept; nothing came of them where that failed.</param>
    /// <returns>False if the batch was refused, and the refusal was counted.</returns>
    bool TrySubmit(ObservedBatch batch, out Task<ScoredRows> scored);
}

/// <summary>What came of captured predictions.</summary>
/// <param name="Duplicates">How many had an id that was counted before.</param>
/// <param name="Requested">Those whose labels are requested.</param>
public sealed record ScoredRows(int Duplicates, IReadOnlyList<RequestedRow> Requested)
{
    public static ScoredRows None { get; } = new(0, []);
}

/// <summary>A captured prediction whose label is requested.</summary>
/// <param name="Id">As it was captured.</param>
/// <param name="Kept">Names the prediction to <see cref="ICapturedInputs"/>.</param>
public sealed record RequestedRow(string Id, string Kept);
