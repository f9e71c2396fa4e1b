using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hub.Store;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hub.Estimation;

/// <summary>Estimates every window of every series over all sources, by the code of the sidecar: a fleet is one sidecar that saw everything.</summary>
internal sealed class FleetEstimates(FleetReader reader, IOptions<EstimationOptions> settings)
{
    private readonly EstimationOptions _settings = settings.Value;

    public async Task<PublishedFleet> EstimateAsync(DateTimeOffset end, CancellationToken cancel)
    {
        Dictionary<TimeSpan, Dictionary<SeriesKey, WindowBuckets>> windows = [];
        foreach (var window in _settings.EffectiveWindows)
        {
            Dictionary<SeriesKey, WindowBuckets> series = windows[window] = [];
            await foreach (var (key, bucket) in reader.BucketsAsync(window, end, cancel))
            {
                if (!series.TryGetValue(key, out var buckets))
                {
                    buckets = series[key] = new WindowBuckets();
                }

                buckets.Add(bucket);
            }
        }

        // A bucket may begin as much as its width before its window, and no bucket is wider than a window.
        await foreach (var request in reader.RequestsAsync(end - (2 * _settings.EffectiveWindows.Max()), cancel))
        {
            foreach (var series in windows.Values)
            {
                Count(series, request);
            }
        }

        var models = await reader.ModelsAsync(_settings.SourceTimeout, cancel);
        return new PublishedFleet(
            end,
            await reader.BacklogAsync(_settings.SourceTimeout, cancel),
            models,
            [.. windows.SelectMany(w => w.Value.Select(s => Estimate(s.Key, w.Key, s.Value, models)))]);
    }

    private static void Count(Dictionary<SeriesKey, WindowBuckets> series, in FleetRequest request)
    {
        var whole = request.Series with { Segment = "" };
        Add(series, whole, request);
        if (request.Series.Segment.Length > 0)
        {
            Add(series, request.Series, request);
        }

        var ofClass = whole with { PredictedClass = request.PredictedClass };
        Add(series, series.ContainsKey(ofClass) ? ofClass : whole with { PredictedClass = SeriesKey.OtherClasses }, request);
    }

    private static void Add(Dictionary<SeriesKey, WindowBuckets> series, SeriesKey key, in FleetRequest request)
    {
        if (series.TryGetValue(key, out var buckets))
        {
            buckets.Add(request);
        }
    }

    private FleetEstimate Estimate(
        SeriesKey key, TimeSpan window, WindowBuckets buckets, IReadOnlyDictionary<ModelKey, FleetModel> models)
    {
        // A model version whose sources are all gone has no monitor that could be asked: its label-free estimate is withdrawn.
        var model = models.GetValueOrDefault(key.ModelKey);
        var options = _settings.ToCore(key.IsSubgroup) with { LabelFreeReferenceStandardError = model?.MeanScoreStandardError ?? 0 };
        return new FleetEstimate(key, window, WindowEstimator.Estimate(buckets.All, model?.MonitorValid == true, options));
    }
}
