using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Deletes ended label requests, their labels and window sums that are older than <see cref="StorageOptions.Retention"/>. Deletes nothing before the
/// clocks have agreed for <see cref="AgreedClock.Grace"/>, and a bounded number of rows in each run: a wrong clock can be set right in time.
/// </summary>
internal sealed class RetentionWorker(MonitorStore store, IOptions<StorageOptions> settings, AgreedClock clock, ILogger<RetentionWorker> logger)
    : PeriodicWorker("Deleting what is older than the retention", Interval, clock.Time, logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Requests, and buckets, that one run deletes at most.</summary>
    public const int MaxPerRun = 20 * AtOnce;

    private const int AtOnce = 1000;

    public override async Task RunAsync(CancellationToken cancel)
    {
        var reading = clock.Read();
        if (reading.AgreedFor < AgreedClock.Grace)
        {
            return;
        }

        // Each call does a bounded piece of work, between which other writes are let through.
        var more = true;
        for (var i = 0; more && i < MaxPerRun / AtOnce; i++)
        {
            more = (await store.PruneAsync(reading.Now - settings.Value.Retention, reading.Now, AtOnce, cancel)).More;
        }
    }
}
