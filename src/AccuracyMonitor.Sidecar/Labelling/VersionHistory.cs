using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Reads the windows of a model version back from the store: sums of predictions from its buckets, requests and labels one by one.</summary>
/// <param name="store">Opened after this is made.</param>
/// <param name="longest">The longest window.</param>
internal sealed class VersionHistory(Lazy<MonitorStore> store, TimeSpan longest, StoredChanges changes, TimeProvider time, WorkFailures failures)
    : IVersionHistory
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private int _requests;
    private int _buckets;

    /// <summary>Requests and buckets read back so far.</summary>
    public (int Requests, int Buckets) Read => (Volatile.Read(ref _requests), Volatile.Read(ref _buckets));

    public async Task RestoreAsync(ModelRegistry registry, ModelState model)
    {
        while (!model.IsRestored && !model.IsRetired)
        {
            try
            {
                await changes.ReadAsync(() => ReadAsync(registry, model));
            }
#pragma warning disable CA1031 // Going on without what is stored would write smaller sums in its place.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failures.Report("background", $"Reading the windows of {model.Key} back", e);
                await Task.Delay(RetryAfter, time);
            }
        }
    }

    private async Task ReadAsync(ModelRegistry registry, ModelState model)
    {
        var now = time.GetUtcNow();
        var buckets = await store.Value.Windows.BucketsAsync(now - longest, model.Key);
        List<RequestSummary> requests = [];
        await foreach (var request in store.Value.RequestsSinceAsync(now - longest, model.Key))
        {
            if (request.ClassCount == model.ClassCount)
            {
                requests.Add(request);
            }
        }

        // All has been read: a failure before has changed nothing.
        foreach (var bucket in buckets)
        {
            Count(registry.SeriesOf(model, bucket.Series), bucket, now);
        }

        foreach (var request in requests)
        {
            Count(registry, model, request, now);
        }

        model.MarkRestored();
        Interlocked.Add(ref _buckets, buckets.Count);
        Interlocked.Add(ref _requests, requests.Count);
    }

    private static void Count(SeriesState? series, in BucketRow bucket, DateTimeOffset now)
    {
        if (series is null)
        {
            return;
        }

        lock (series.Gate)
        {
            series.Windows.Restore(bucket.Snapshot, now);
        }
    }

    private static void Count(ModelRegistry registry, ModelState model, RequestSummary request, DateTimeOffset now)
    {
        model.Recent.Add(model.Sampler.HashOf(request.PredictionId), new RecentOutcome((float)request.Score, (float)request.Disagreement, Selected: true));
        if (!request.IsProbabilitySample)
        {
            return;
        }

        var point = request.Label is { } known ? LabelApplier.Point(request, known) : (LabelPoint?)null;
        if (point is { } observed)
        {
            // In the order of the requests, where the first time it was that of the labels: the newest labels count all the same.
            model.UniformShare?.Observe(observed);
        }

        registry.ResolveSegment(model, request.Series.Segment);
        foreach (var series in model.SeriesOf(request.Series.Segment, request.PredictedClass))
        {
            lock (series.Gate)
            {
                series.Windows.AddRequest(request.PredictionTime, now);
                if (point is { } label)
                {
                    series.Windows.AddLabel(request.PredictionTime, label, now);
                }
                else if (LabelApplier.IsUnanswered(request.State))
                {
                    series.Windows.AddUnanswered(request.PredictionTime, 1, now);
                }
            }
        }
    }
}
