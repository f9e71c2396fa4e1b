using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Naming;

namespace AccuracyMonitor.Storage.Inputs;

/// <summary>Inputs of label requests. Reached through <see cref="MonitorStore.Inputs"/>, whose remarks hold here too.</summary>
public sealed class InputRecords
{
    private readonly StoreEngine _engine;

    internal InputRecords(StoreEngine engine) => _engine = engine;

    /// <summary>
    /// Stores the input of a requested prediction. The same content again changes nothing; other content replaces it as long as the prediction has no label
    /// or a second opinion about it is wanted.
    /// </summary>
    /// <param name="input">Must not change before the task completes.</param>
    /// <param name="maxTotalBytes">Bound on all inputs together, <see cref="InputTotals.Charged"/>.</param>
    public Task<AttachOutcome> AttachAsync(
        ModelKey key, string predictionId, StoredInput input, long maxTotalBytes, Origin origin, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.Check();
        return _engine.WriteAsync(
            c => InputRows.Attach(c, key, PredictionNames.Find(c, key, predictionId, origin.By.Subject), input, maxTotalBytes, origin.At),
            500L + input.Content.Length,
            cancellation);
    }

    /// <summary>The input of a prediction; null: there is none, or it cannot be told which prediction is meant.</summary>
    /// <param name="by">Subject of who asks.</param>
    public Task<StoredInput?> FindAsync(ModelKey key, string predictionId, string by = "", CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => InputRows.Find(c, key, PredictionNames.Find(c, key, predictionId, by)), cancellation);

    public Task<InputTotals> TotalsAsync(CancellationToken cancellation = default) => _engine.ReadAsync(InputRows.Totals, cancellation);

    /// <summary>Deletes a piece of the inputs that are beyond <paramref name="bounds"/>: call until nothing is deleted. Their requests stay.</summary>
    /// <param name="limit">Bound of the work of one call, for inputs of each kind, 1–10,000. About 16 MiB of each kind is another.</param>
    public Task<PrunedInputs> PruneAsync(InputBounds bounds, int limit = 1000, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        StoreLimit.Check(limit, 10_000);
        return _engine.WriteAsync(c => InputPruning.Run(c, bounds, limit), 0, cancellation);
    }
}
