using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Storage.Truth;

/// <summary>Predictions that are remembered until their truth comes. Reached through <see cref="MonitorStore.Truth"/>, whose remarks hold here too.</summary>
public sealed class TruthRecords
{
    private readonly StoreEngine _engine;

    internal TruthRecords(StoreEngine engine) => _engine = engine;

    /// <summary>Remembers predictions. At most 1000.</summary>
    public Task RememberAsync(IReadOnlyList<RememberedPrediction> predictions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(predictions.Count, 1000, nameof(predictions));
        var batch = predictions.ToArray();
        return _engine.WriteAsync(c => PredictionMemory.Remember(c, batch), 100L * batch.Length, cancellation);
    }

    /// <summary>The model versions of which predictions are remembered, with their numbers.</summary>
    public Task<IReadOnlyList<RememberedCount>> CountsAsync(CancellationToken cancellation = default) =>
        _engine.ReadAsync(PredictionMemory.Counts, cancellation);

    /// <summary>Forgets the oldest of a model version, and those made before a time.</summary>
    /// <param name="excess">How many of the oldest go, whatever their time.</param>
    /// <param name="limit">Bound of the work of one call, 1–10,000.</param>
    /// <returns>How many.</returns>
    public Task<int> PruneAsync(ModelKey key, long excess, DateTimeOffset before, int limit = 10_000, CancellationToken cancellation = default)
    {
        StoreLimit.Check(limit, 10_000);
        return _engine.WriteAsync(c => PredictionMemory.Prune(c, key, excess, before, limit), 0, cancellation);
    }

    /// <summary>What came true of the predictions of a model version, in stretches of whole seconds since 1970, oldest first.</summary>
    public Task<IReadOnlyList<RealizedStretch>> RealizedAsync(ModelKey key, TimeSpan length, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => PredictionMemory.Stretches(c, key, length), cancellation);

    /// <summary>What came true of one stretch; null: it began before the oldest prediction that is remembered.</summary>
    public Task<RealizedStretch?> RealizedAsync(ModelKey key, DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => PredictionMemory.Stretch(c, key, start, end), cancellation);
}
