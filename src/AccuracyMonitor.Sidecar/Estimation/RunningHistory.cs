using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>
/// Gives a model version's running accuracy what the store has of it: when the version is first seen, and when labels have changed. Nothing is kept in
/// memory of versions that are not in use.
/// </summary>
internal sealed class RunningHistory(MonitorStore store, TimeProvider time, ILogger<RunningHistory> logger)
{
    /// <summary>May be called by several callers at once. When the store can't be read, what is known stays as it is until the next call.</summary>
    public async Task RefreshAsync(ModelState model, CancellationToken cancel)
    {
        var running = model.Running;
        try
        {
            if (!running.IsRestored)
            {
                running.Restore(await store.Windows.ClosedAsync(model.Key, cancel), time.GetUtcNow());
            }

            if (running.UncountedChange is { } change)
            {
                running.Count(change, await store.UniformLabelsAsync(model.Key, cancel));
            }
        }
        catch (StoreException e)
        {
            SidecarLog.WorkFailed(logger, $"Reading the history of {model.Key}", e.Message);
        }
    }
}
