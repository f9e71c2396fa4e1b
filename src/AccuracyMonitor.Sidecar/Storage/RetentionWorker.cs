using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>Deletes ended label requests, their labels and window sums that are older than <see cref="StorageOptions.Retention"/>.</summary>
internal sealed class RetentionWorker(MonitorStore store, IOptions<StorageOptions> settings, TimeProvider time, ILogger<RetentionWorker> logger)
    : PeriodicWorker("Deleting what is older than the retention", Interval, time, logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public override async Task RunAsync(CancellationToken cancel)
    {
        var now = Time.GetUtcNow();
        while ((await store.PruneAsync(now - settings.Value.Retention, now, cancellation: cancel)).More)
        {
            // Each call does a bounded piece of work, between which other writes are let through.
        }
    }
}
