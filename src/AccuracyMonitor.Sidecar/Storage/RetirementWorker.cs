using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Makes room for new model versions: forgets those that have had no prediction for longer than the longest window, the one used longest ago first, so
/// that the sixty-fifth deployment is watched as the first was. One that is seen again goes on as after a restart.
/// </summary>
internal sealed class RetirementWorker(
    MonitorStore store,
    ModelRegistry registry,
    WindowSumWorker sums,
    MonitorManager manager,
    StartingMonitors starting,
    AccuracyMonitorMetrics metrics,
    TimeProvider time,
    ILogger<RetirementWorker> logger)
    : PeriodicWorker("Making room for model versions", Interval, time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <exception cref="StoreException">What is known of a version can't be written or read; it stays.</exception>
    public override async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && registry.ToRetire() is { } model)
        {
            await sums.WriteAsync(model);
            var closed = (await store.ClosedWindowsAsync(cancel)).Where(w => w.Key == model.Key).Select(w => w.Window).ToArray();

            // A fit or an activation that runs may still replace the monitor.
            if (!await model.Management.WaitAsync(TimeSpan.Zero, cancel))
            {
                return;
            }

            try
            {
                // Before the version is forgotten, since it may be seen again at once; by its key alone, or its state would stay in memory.
                var key = model.Key;
                starting.Retired(key, () => Champion(key));
                if (!registry.TryRetire(model, closed))
                {
                    return;
                }
            }
            finally
            {
                model.Management.Release();
            }

            metrics.Retired(model.Key);
            SidecarLog.ModelRetired(logger, model.Key.ToString());
        }
    }

    // Called on a thread that loads a monitor, and may wait.
    private MonitorLease? Champion(ModelKey key) =>
        store.ActiveMonitorAsync(key).GetAwaiter().GetResult() is { } row ? manager.ToMonitor(row, running: null, classCount: null) : null;
}
