using System.Diagnostics;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>
/// Makes label requests durable, together with the window sums they belong to, before the callers are told of them. When the disk refuses, the
/// predictions still count; their requests are withdrawn and counted, as requests that nobody answered.
/// </summary>
internal sealed class LabelRequestWriter(MonitorStore store, TimeProvider time, AccuracyMonitorMetrics metrics, ILogger<LabelRequestWriter> logger)
{
    /// <summary>
    /// Starts the write and returns. A batch with requests is completed when they are durable (a repeated request may still be on its way to
    /// the disk, so that too waits for the writes before it); the others at once.
    /// </summary>
    public void Write(ModelState model, List<LabelRequest>? chosen, IReadOnlyList<ScoreBatch> batches)
    {
        List<ScoreBatch> waiting = [];
        foreach (var batch in batches)
        {
            if (batch.HasRequests)
            {
                waiting.Add(batch);
            }
            else
            {
                batch.Done.TrySetResult();
            }
        }

        if (waiting.Count > 0)
        {
            model.LastWrite = chosen is null ? CompleteAfterAsync(model.LastWrite, waiting) : StartAsync(model, chosen, waiting, model.LastWrite);
        }
    }

    private static async Task CompleteAfterAsync(Task earlier, List<ScoreBatch> batches)
    {
        await earlier;
        Complete(batches);
    }

    private static void Complete(List<ScoreBatch> batches)
    {
        foreach (var batch in batches)
        {
            batch.Done.TrySetResult();
        }
    }

    private Task StartAsync(ModelState model, List<LabelRequest> chosen, List<ScoreBatch> batches, Task earlier)
    {
        var dirty = DirtyBuckets.Drain(model.AllSeries);
        Task<RequestOutcome[]> write;
        try
        {
            write = store.EnqueueAsync(chosen, dirty);
        }
        catch (StoreException e)
        {
            write = Task.FromException<RequestOutcome[]>(e);
        }

        return FinishAsync(write, model, chosen, batches, earlier);
    }

    private async Task FinishAsync(Task<RequestOutcome[]> write, ModelState model, List<LabelRequest> chosen, List<ScoreBatch> batches, Task earlier)
    {
        using var activity = Tracing.Source.StartActivity("store", ActivityKind.Internal, batches[0].Trace);
        try
        {
            await write;
            foreach (var group in chosen.GroupBy(r => r.Policy))
            {
                model.Metrics.Requested(group.Key, group.Count());
            }
        }
#pragma warning disable CA1031 // Whatever the disk says, the predictions were scored: their callers get an answer without requests.
        catch (Exception e)
#pragma warning restore CA1031
        {
            SidecarLog.RequestsNotStored(logger, chosen.Count, e.Message);
            metrics.Dropped(StoreFailures.Reason(e), chosen.Count);
            Withdraw(model, chosen);
            foreach (var batch in batches)
            {
                for (var row = 0; row < batch.Rows; row++)
                {
                    batch.Outcomes[row] &= ~RowOutcome.Requested;
                }
            }
        }

        await earlier;
        Complete(batches);
    }

    private void Withdraw(ModelState model, List<LabelRequest> chosen)
    {
        var now = time.GetUtcNow();
        foreach (var request in chosen)
        {
            model.Withdrawn.Enqueue(request.PredictionId);
        }

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
