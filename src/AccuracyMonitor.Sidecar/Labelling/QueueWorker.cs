using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Lets overdue leases and requests run out, and writes window sums that no label request carried to the disk.</summary>
internal sealed class QueueWorker(
    MonitorStore store,
    ModelRegistry registry,
    LabelApplier applier,
    AccuracyMonitorMetrics metrics,
    IOptions<LabellingOptions> labelling,
    IOptions<StorageSettings> storage,
    TimeProvider time,
    ILogger<QueueWorker> logger) : BackgroundService
{
    private const int ExpireAtOnce = 1000;
    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            RepeatAsync("Looking for overdue requests", labelling.Value.ExpiryInterval, ExpireAsync, stoppingToken),
            RepeatAsync("Writing window sums", storage.Value.FlushInterval, FlushAsync, stoppingToken),
            RepeatAsync("Forgetting old requests", PruneInterval, PruneAsync, stoppingToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync();
    }

    private async Task ExpireAsync()
    {
        IReadOnlyList<RequestSummary> expired;
        do
        {
            expired = await store.ExpireAsync(time.GetUtcNow(), ExpireAtOnce);
            foreach (var request in expired)
            {
                applier.Unanswered(request, previous: null);
            }
        }
        while (expired.Count == ExpireAtOnce);

        metrics.Queue(await store.CountsAsync(null, null));
    }

    private async Task PruneAsync()
    {
        var now = time.GetUtcNow();
        while ((await store.PruneAsync(now - storage.Value.Retention, now)).More)
        {
            // Each call does a bounded piece of work, between which other writes are let through.
        }
    }

    private async Task FlushAsync()
    {
        foreach (var model in registry.Models)
        {
            await FlushBucketsAsync(model);
            await FlushClosedWindowsAsync(model);
        }
    }

    private async Task FlushBucketsAsync(ModelState model)
    {
        // Predicted classes are written here only, and not with every request: after a crash their windows may miss the last interval's predictions.
        var all = model.AllSeries.Concat(model.Classes.All).ToArray();
        var rows = DirtyBuckets.Drain(all);
        if (rows.Count == 0)
        {
            return;
        }

        try
        {
            await store.FlushBucketsAsync(rows);
        }
        catch (StoreException)
        {
            // Their sums are totals: marking the series again makes the next flush write them all.
            foreach (var series in all)
            {
                lock (series.Gate)
                {
                    series.Dirty = true;
                }
            }

            throw;
        }
    }

    private async Task FlushClosedWindowsAsync(ModelState model)
    {
        var windows = model.Running.TakeUnsaved();
        if (windows.Count == 0)
        {
            return;
        }

        try
        {
            await store.ReplaceClosedWindowsAsync(model.Key, windows);
        }
        catch (StoreException)
        {
            model.Running.GiveBack(windows);
            throw;
        }
    }

    private async Task RepeatAsync(string work, TimeSpan interval, Func<Task> action, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stop).AsTask().ContinueWith(static t => t.IsCompletedSuccessfully && t.Result, TaskScheduler.Default))
        {
            try
            {
                await action();
            }
#pragma warning disable CA1031 // The next tick tries again; ending the worker would end the product.
            catch (Exception e)
#pragma warning restore CA1031
            {
                SidecarLog.BackgroundWorkFailed(logger, work, e.Message);
            }
        }
    }
}
