using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Makes room for new model versions: forgets those that have had no prediction for a time (<c>Intake:EvictAfter</c>), the one used longest ago first, so
/// that the sixty-fifth deployment is watched as the first was. One that is seen again goes on as after a restart.
/// </summary>
internal sealed class RetirementWorker(
    ModelRegistry registry,
    WindowSumWorker sums,
    MonitorManager manager,
    StartingMonitors starting,
    AccuracyMonitorMetrics metrics,
    TimeProvider time,
    WorkFailures failures,
    ILogger<RetirementWorker> logger)
    : PeriodicWorker("Making room for model versions", Interval, time, failures)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <exception cref="StoreException">What is known of a version can't be written or read; it stays, and the others were tried.</exception>
    public override async Task RunAsync(CancellationToken cancel)
    {
        Exception? failure = null;
        foreach (var model in registry.ToRetire().TakeWhile(_ => registry.NeedsRoom && !cancel.IsCancellationRequested))
        {
            try
            {
                await RetireAsync(model, cancel);
            }
            catch (StoreException e)
            {
                failure ??= e;
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task RetireAsync(ModelState model, CancellationToken cancel)
    {
        await sums.WriteAsync(model);

        // A fit or an activation that runs may still replace the monitor.
        if (!await model.Management.WaitAsync(TimeSpan.Zero, cancel))
        {
            return;
        }

        try
        {
            var key = model.Key;
            if (await manager.HasStoredChampionAsync(key, cancel))
            {
                // Before the version is forgotten, since it may be seen again at once; by its key alone, or its state would stay in memory.
                starting.ReadWhenSeen(key, () => manager.StoredChampion(key));
            }

            if (registry.TryRetire(model, metrics.Retired))
            {
                SidecarLog.ModelRetired(logger, key.ToString());
            }
        }
        finally
        {
            model.Management.Release();
        }
    }
}
