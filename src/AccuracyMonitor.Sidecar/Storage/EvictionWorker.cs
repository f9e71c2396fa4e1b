using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Makes room for new model versions: stores and forgets those that were used longest ago, so that the sixty-fifth deployment is watched as
/// the first was.
/// </summary>
internal sealed class EvictionWorker(
    MonitorStore store, ModelRegistry registry, IOptions<MemoryOptions> memory, AccuracyMonitorMetrics metrics, TimeProvider time,
    ILogger<EvictionWorker> logger)
    : PeriodicWorker("Evicting model versions", Interval, time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <exception cref="StoreException">The state can't be written; the version stays.</exception>
    public override async Task RunAsync(CancellationToken cancel)
    {
        var idle = memory.Value.EvictAfter;
        while (!cancel.IsCancellationRequested && registry.ToEvict(idle) is { } model)
        {
            await WindowSumWorker.WriteAsync(store, model);
            var stored = new TaskCompletionSource();
            if (!registry.TryEvict(model, idle, stored.Task))
            {
                continue;
            }

            try
            {
                // Whatever was counted between the two.
                await WindowSumWorker.WriteAsync(store, model);
            }
            finally
            {
                stored.SetResult();
                metrics.Evicted(model.Key);
                SidecarLog.ModelEvicted(logger, model.Key.ToString(), idle.TotalSeconds);
            }
        }
    }
}
