using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Truth;

/// <summary>Forgets remembered predictions that are too old or too many, of every model version in the store, also when no more are remembered.</summary>
internal sealed class TruthRetention(MonitorStore store, IOptions<TruthOptions> settings)
{
    /// <summary>Predictions of one piece, between which other writes are let through.</summary>
    private const int AtOnce = 10_000;

    /// <summary>Pieces of one run at most, for each model version.</summary>
    private const int MaxPieces = 1000;

    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var (key, predictions) in await store.Truth.CountsAsync(cancel))
        {
            var excess = Math.Max(0, predictions - settings.Value.MaxPredictions);
            var pruned = AtOnce;
            for (var piece = 0; piece < MaxPieces && pruned == AtOnce; piece++)
            {
                pruned = await store.Truth.PruneAsync(key, excess, now - settings.Value.MaxAge, AtOnce, cancel);
                excess = Math.Max(0, excess - pruned);
            }
        }
    }
}
