using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>
/// Expires overdue label requests, returns ended leases to the queue, and refreshes the metrics of the queue. After a start, and when the clock was
/// corrected, requests that a wrong clock has expired wait again.
/// </summary>
internal sealed class RequestExpiryWorker(
    MonitorStore store, LabelApplier applier, AccuracyMonitorMetrics metrics, IOptions<LabellingOptions> options, AgreedClock clock,
    WorkFailures failures)
    : PeriodicWorker("Looking for overdue requests", options.Value.ExpiryInterval, clock.Time, failures)
{
    /// <summary>Requests that one run expires at most.</summary>
    public const int MaxPerRun = 10 * AtOnce;

    private const int AtOnce = 1000;

    private long _reopenedAfter = -1;

    public override async Task RunAsync(CancellationToken cancel)
    {
        var reading = clock.Read();
        if (_reopenedAfter != reading.Corrections)
        {
            await EachPageAsync(
                () => store.ReopenAsync(reading.Now, AtOnce, CancellationToken.None), applier.Reopened, int.MaxValue, cancel);
            _reopenedAfter = reading.Corrections;
        }

        // Not cancelled: what the store has expired must also reach the windows.
        await EachPageAsync(
            () => store.ExpireAsync(reading.Now, AtOnce, CancellationToken.None), r => applier.Unanswered(r, previous: null), MaxPerRun, cancel);
        metrics.Queue(await store.CountsAsync(null, null, cancel));
    }

    private async Task EachPageAsync(
        Func<Task<IReadOnlyList<RequestSummary>>> next, Action<RequestSummary> apply, int limit, CancellationToken cancel)
    {
        IReadOnlyList<RequestSummary> page;
        var done = 0;
        do
        {
            page = await applier.WriteAsync(next, read =>
            {
                foreach (var request in read)
                {
                    apply(request);
                }
            });

            done += page.Count;
        }
        while (page.Count == AtOnce && done < limit && !cancel.IsCancellationRequested);
    }
}
