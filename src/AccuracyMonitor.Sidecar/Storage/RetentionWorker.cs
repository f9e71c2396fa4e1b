using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Deletes ended label requests, their labels, window sums and monitors that are too old, too many or take too much room (<see cref="StorageOptions"/>), and
/// the inputs that nobody needs any more.
/// Deletes nothing before the clocks have agreed for <see cref="AgreedClock.Grace"/>, and a bounded number of rows in each run: a wrong clock can be set
/// right in time.
/// </summary>
internal sealed class RetentionWorker(
    MonitorStore store, IOptions<StorageOptions> settings, AgreedClock clock, StoreMetrics metrics, InputStore inputs, WorkFailures failures)
    : PeriodicWorker("Deleting what is beyond the retention", Interval, clock.Time, failures)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Requests, and buckets, that one run deletes at most.</summary>
    public const int MaxPerRun = 20 * AtOnce;

    private const int AtOnce = 1000;

    /// <summary>Null, or that the database is too large and has nothing left that may be deleted.</summary>
    public string? Excess { get; private set; }

    public override async Task RunAsync(CancellationToken cancel)
    {
        metrics.Size(await store.SizeAsync(cancel), settings.Value.MaxBytes);
        var reading = clock.Read();
        if (reading.AgreedFor < AgreedClock.Grace)
        {
            return;
        }

        await inputs.PruneAsync(reading.Now);

        // Each call does a bounded piece of work, between which other writes are let through.
        PruneResult? last = null;
        for (var i = 0; last is not { More: false } && i < MaxPerRun / AtOnce; i++)
        {
            last = await store.PruneAsync(settings.Value.ToBounds(reading.Now), reading.Now, AtOnce, cancel);
            metrics.Pruned(last);
        }

        Excess = last is { ExcessBytes: > 0 and var bytes, More: false }
            ? $"the database uses {bytes} bytes more than Storage:MaxBytes ({settings.Value.MaxBytes}), and nothing is left in it that has ended. Answer or "
                + "skip label requests, lower Sampling:Budget or Sampling:MaxRequestsPerHour, or raise Storage:MaxBytes with the volume."
            : null;
        metrics.Size(await store.SizeAsync(cancel), settings.Value.MaxBytes);
    }
}
