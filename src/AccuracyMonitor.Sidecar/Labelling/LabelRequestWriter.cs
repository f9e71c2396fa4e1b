using System.Diagnostics;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Storage;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>
/// Makes label requests durable, together with the window sums that count their predictions, before the callers are told of them. When the store
/// refuses, the predictions still count; their requests are withdrawn and counted as requests that nobody answered.
/// </summary>
internal sealed class LabelRequestWriter(
    MonitorStore store, TimeProvider time, AccuracyMonitorMetrics metrics, InternalErrorCounter errors, ILogger<LabelRequestWriter> logger)
{
    /// <summary>
    /// Starts the write and returns; called by the scoring loop. A batch is completed when the outcome of every request that it is told of is
    /// known, its own and those that its duplicates repeat; a batch without requests, or with durable ones only, at once.
    /// </summary>
    public void Write(ModelState model, List<LabelRequest>? chosen, IReadOnlyList<ScoreBatch> batches)
    {
        if (chosen is not null)
        {
            model.Pending.Add([.. chosen.Select(r => r.PredictionId)], StoreAsync(model, chosen, batches[0].Trace));
        }

        foreach (var batch in batches)
        {
            if (PendingRows(model, batch) is { } rows)
            {
                _ = CompleteAsync(batch, rows);
            }
            else
            {
                batch.Done.TrySetResult();
            }
        }
    }

    private static List<(int Row, Task<bool> Stored)>? PendingRows(ModelState model, ScoreBatch batch)
    {
        List<(int, Task<bool>)>? rows = null;
        for (var row = 0; row < batch.Rows; row++)
        {
            if (batch.Outcomes[row].Has(RowOutcome.Requested) && model.Pending.Of(batch.Ids[row]) is { } stored)
            {
                (rows ??= []).Add((row, stored));
            }
        }

        return rows;
    }

    private static async Task CompleteAsync(ScoreBatch batch, List<(int Row, Task<bool> Stored)> rows)
    {
        try
        {
            foreach (var (row, stored) in rows)
            {
                if (!await stored)
                {
                    batch.Outcomes[row] &= ~RowOutcome.Requested;
                }
            }
        }
        finally
        {
            // Whatever went wrong after the write, the caller gets its answer.
            batch.Done.TrySetResult();
        }
    }

    /// <returns>Whether the requests are durable.</returns>
    private async Task<bool> StoreAsync(ModelState model, List<LabelRequest> chosen, ActivityContext trace)
    {
        // Before the first wait: the scoring loop holds the version until then.
        if (!model.TryHold())
        {
            metrics.Dropped("version_deleted", chosen.Count);
            return false;
        }

        using var activity = Tracing.Source.StartActivity("store", ActivityKind.Internal, trace);
        try
        {
            return await StoreHeldAsync(model, chosen);
        }
        finally
        {
            model.LetGo();
        }
    }

    private async Task<bool> StoreHeldAsync(ModelState model, List<LabelRequest> chosen)
    {
        var sums = BucketLease.Take(model.AllSeries);
        try
        {
            if (!model.TryWrite(() => store.EnqueueAsync(chosen, sums.Rows), out var write))
            {
                metrics.Dropped("version_deleted", chosen.Count);
                return false;
            }

            await write;
        }
#pragma warning disable CA1031 // Whatever the store says, the predictions were scored: their callers get an answer without requests.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is StoreException)
            {
                SidecarLog.RequestsNotStored(logger, chosen.Count, e.Message);
            }
            else
            {
                errors.Count("requests");
                SidecarLog.RequestsNotStoredByDefect(logger, chosen.Count, e);
            }

            metrics.Dropped(StoreFailures.Reason(e), chosen.Count);
            CountUnanswered(model, chosen);
            return false;
        }

        sums.Commit();
        foreach (var group in chosen.GroupBy(r => r.Policy))
        {
            model.Metrics.Requested(group.Key, group.Count());
        }

        return true;
    }

    private void CountUnanswered(ModelState model, List<LabelRequest> chosen)
    {
        var now = time.GetUtcNow();
        foreach (var request in chosen.Where(r => r.IsProbabilitySample))
        {
            foreach (var series in model.SeriesOf(request.Series.Segment, request.PredictedClass))
            {
                lock (series.Gate)
                {
                    series.Windows.AddUnanswered(request.PredictionTime, 1, now);
                }
            }
        }
    }
}

/// <summary>Which of the store's refusals it was, as a metric label.</summary>
internal static class StoreFailures
{
    public static string Reason(Exception e) => e switch
    {
        StoreFullException => "storage_full",
        StoreBusyException => "storage_busy",
        _ => "storage_error",
    };
}
