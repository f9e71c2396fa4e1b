using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;

namespace AccuracyMonitor.Sidecar.Management;

/// <summary>Deletes all that is kept of a model or of one version, in memory and in the store.</summary>
internal sealed class ModelEraser(
    MonitorStore store, ModelRegistry registry, StartingMonitors starting, TruthWriter truth, AccuracyMonitorMetrics metrics,
    AgreedClock clock)
{
    /// <summary>In pieces, between which other writes are let through.</summary>
    /// <param name="version">Empty: all versions.</param>
    /// <param name="by">Who asked.</param>
    /// <param name="cancel">Heeded until the deletion begins.</param>
    /// <returns>What was deleted, and whether its bytes are gone from the files.</returns>
    public async Task<(DeletedPiece Deleted, bool Erased)> RunAsync(string model, string version, Actor by, CancellationToken cancel)
    {
        bool IsMeant(ModelKey key) => string.Equals(key.Model, model, StringComparison.Ordinal)
            && (version.Length == 0 || string.Equals(key.Version, version, StringComparison.Ordinal));

        foreach (var state in registry.Models.Where(m => IsMeant(m.Key)).ToArray())
        {
            await EndAsync(state, cancel);
        }

        registry.ForgetStored(IsMeant);
        starting.ForgetStored(IsMeant);
        await truth.FlushAsync(CancellationToken.None);
        var origin = new Origin(by, clock.Time.GetUtcNow());
        var all = await store.DeleteModelAsync(model, version, origin, cancellation: CancellationToken.None);
        while (all.More)
        {
            var piece = await store.DeleteModelAsync(model, version, origin: null, cancellation: CancellationToken.None);
            all = new DeletedPiece(all.Requests + piece.Requests, all.Monitors + piece.Monitors, piece.More);
        }

        return (all, await store.EraseAsync(CancellationToken.None));
    }

    private async Task EndAsync(ModelState model, CancellationToken cancel)
    {
        // A fit or an activation that runs is waited for: it would write in the name of the version.
        if (!await model.TryManageAsync(cancel))
        {
            return;
        }

        try
        {
            registry.Remove(model, metrics.Deleted);
        }
        finally
        {
            model.Management.Release();
        }
    }
}
