using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// Writes to the store what no label request carries there: window sums without a request, sums by predicted class, and closed windows of the
/// running accuracy. After a crash the last interval's may be missing.
/// </summary>
internal sealed class WindowSumWorker(
    MonitorStore store, ModelRegistry registry, IOptions<StorageOptions> settings, TimeProvider time, WorkFailures failures)
    : PeriodicWorker("Writing window sums", settings.Value.FlushInterval, time, failures)
{
    private const int TriesAtStop = 3;
    private static readonly TimeSpan PauseAtStop = TimeSpan.FromMilliseconds(200);

    private long _quarantines = store.Counters.Quarantines;

    /// <exception cref="StoreException">A write failed. What it held stays unsaved; the other model versions were still tried.</exception>
    public override async Task RunAsync(CancellationToken cancel)
    {
        WriteAgainWhatWasSetAside();
        Exception? failure = null;
        foreach (var model in registry.Models)
        {
            try
            {
                await WriteAsync(model);
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

    /// <summary>Writes what is not known to be stored of one version.</summary>
    /// <exception cref="StoreException">A write failed. What it held stays unsaved.</exception>
    public async Task WriteAsync(ModelState model)
    {
        if (!model.IsRestored)
        {
            return;
        }

        await WriteSumsAsync(model);
        await WriteClosedWindowsAsync(model);
    }

    /// <summary>Writes for the last time, after the scoring loop has ended.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        for (var tries = 1; !await TryAsync(CancellationToken.None) && tries < TriesAtStop && !cancellationToken.IsCancellationRequested; tries++)
        {
            await Task.Delay(PauseAtStop, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A fresh database holds nothing of what the damaged one had acknowledged.</summary>
    private void WriteAgainWhatWasSetAside()
    {
        var quarantines = store.Counters.Quarantines;
        if (quarantines == _quarantines)
        {
            return;
        }

        _quarantines = quarantines;
        foreach (var model in registry.Models)
        {
            foreach (var series in model.AllSeries.Concat(model.Classes.All))
            {
                lock (series.Gate)
                {
                    series.Windows.MarkAllUnsaved();
                }
            }
        }
    }

    private async Task WriteSumsAsync(ModelState model)
    {
        var lease = BucketLease.Take(model.AllSeries.Concat(model.Classes.All));
        if (lease.Rows.Count > 0 && model.TryWrite(() => store.Windows.FlushBucketsAsync(lease.Rows), out var write))
        {
            await write;
            lease.Commit();
        }
    }

    private async Task WriteClosedWindowsAsync(ModelState model)
    {
        var windows = model.Running.Unsaved;
        if (windows.Count > 0 && model.TryWrite(() => store.Windows.ReplaceClosedAsync(model.Key, windows), out var write))
        {
            await write;
            model.Running.MarkSaved(windows);
        }
    }
}
