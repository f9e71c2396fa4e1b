using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Deletes ended label requests, their labels, window sums and monitors that are too old, too many or take too much room (<see cref="StorageOptions"/>), and
/// the inputs that nobody needs any more and the remembered predictions beyond their bounds.
/// </summary>
/// <remarks>
/// A wrong clock can be set right in time: nothing is deleted before the clocks have agreed for <see cref="AgreedClock.Grace"/>, and each run deletes a
/// bounded number of rows. A clock that is more than the retention ahead of the newest stored row, and of the time that has passed since, would delete
/// everything: for <see cref="DoubtFor"/> rows are deleted by the time that is known instead.
/// </remarks>
internal sealed class RetentionWorker(
    MonitorStore store, IOptions<StorageOptions> settings, AgreedClock clock, StoreMetrics metrics, InputStore inputs, TruthRetention truth,
    WorkFailures failures)
    : PeriodicWorker("Deleting what is beyond the retention", Interval, clock.Time, failures)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Requests, and buckets, that one run deletes at most.</summary>
    public const int MaxPerRun = 20 * AtOnce;

    private const int AtOnce = 1000;

    /// <summary>How long a clock that is further ahead than the retention must stay so before rows are deleted by it.</summary>
    public static readonly TimeSpan DoubtFor = TimeSpan.FromDays(1);

    private (DateTimeOffset At, long Stamp) _known = (store.NewestAtOpen ?? clock.Time.GetUtcNow(), clock.Time.GetTimestamp());
    private long? _doubtedSince;

    /// <summary>Null, or that the clock is too far ahead to delete rows by it.</summary>
    public string? Doubt { get; private set; }

    /// <summary>Null, or that the database is too large and has nothing left that may be deleted.</summary>
    public string? Excess { get; private set; }

    public override async Task RunAsync(CancellationToken cancel)
    {
        metrics.Writes(store.Counters);
        metrics.Size(await store.SizeAsync(cancel), settings.Value.MaxBytes);
        var reading = clock.Read();
        if (reading.AgreedFor < AgreedClock.Grace)
        {
            return;
        }

        var now = Believed(reading.Now);
        await inputs.PruneAsync(now);
        await truth.PruneAsync(now, cancel);

        // Each call does a bounded piece of work, between which other writes are let through.
        PruneResult? last = null;
        for (var i = 0; last is not { More: false } && i < MaxPerRun / AtOnce; i++)
        {
            last = await store.PruneAsync(settings.Value.ToBounds(now), now, AtOnce, cancel);
            metrics.Pruned(last);
        }

        Excess = last is { ExcessBytes: > 0 and var bytes, More: false }
            ? $"the database uses {bytes} bytes more than Storage:MaxBytes ({settings.Value.MaxBytes}), and nothing is left in it that has ended. Answer or "
                + "skip label requests, lower Sampling:Budget or Sampling:MaxRequestsPerHour, or raise Storage:MaxBytes with the volume."
            : null;
        metrics.Size(await store.SizeAsync(cancel), settings.Value.MaxBytes);
    }

    /// <summary>The time by which rows are deleted: <paramref name="now"/>, unless it is in doubt.</summary>
    private DateTimeOffset Believed(DateTimeOffset now)
    {
        var stamp = Time.GetTimestamp();
        var known = _known.At + Time.GetElapsedTime(_known.Stamp, stamp);
        if (now - known > settings.Value.Retention)
        {
            _doubtedSince ??= stamp;
            var left = DoubtFor - Time.GetElapsedTime(_doubtedSince.Value, stamp);
            if (left > TimeSpan.Zero)
            {
                Doubt = $"the wall clock is {(now - known).TotalDays:0} days ahead of the newest stored row and of the time that has passed since, more than "
                    + $"Storage:Retention; for {left.TotalHours:0.#} h rows are deleted by the time that is known";
                return known;
            }
        }

        (_known, _doubtedSince, Doubt) = ((now, stamp), null, null);
        return now;
    }
}
