using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Expires overdue label requests, returns ended leases to the queue, and refreshes the metrics of the queue.</summary>
internal sealed class RequestExpiryWorker(
    MonitorStore store, LabelApplier applier, AccuracyMonitorMetrics metrics, IOptions<LabellingOptions> options, TimeProvider time,
    ILogger<RequestExpiryWorker> logger)
    : PeriodicWorker("Looking for overdue requests", options.Value.ExpiryInterval, time, logger)
{
    private const int ExpireAtOnce = 1000;

    public override async Task RunAsync(CancellationToken cancel)
    {
        IReadOnlyList<RequestSummary> expired;
        do
        {
            // Not cancelled: what the store has expired must also reach the windows.
            expired = await store.ExpireAsync(Time.GetUtcNow(), ExpireAtOnce, CancellationToken.None);
            foreach (var request in expired)
            {
                applier.Unanswered(request, previous: null);
            }
        }
        while (expired.Count == ExpireAtOnce && !cancel.IsCancellationRequested);

        metrics.Queue(await store.CountsAsync(null, null, cancel));
    }
}
