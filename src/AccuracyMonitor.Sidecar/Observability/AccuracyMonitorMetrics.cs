using System.Reflection;
using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// What features count; the gauges of the estimates are beside the estimates. Names of metrics are an interface that a golden file in the tests
/// guards. Ratios are 0–1; an empty <c>segment</c> is all traffic.
/// </summary>
internal sealed class AccuracyMonitorMetrics
{
    private static readonly double[] ScoreBuckets = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 5e-3, 2e-2, 0.1];

    private readonly ModelFamilies _models;
    private readonly GaugeFamily _queueItems;
    private readonly GaugeFamily _queueOldest;
    private readonly CounterFamily _dropped;
    private readonly CounterFamily _rejected;
    private readonly CounterFamily _refused;
    private readonly CounterFamily _overflow;
    private readonly CounterFamily _classOverflow;
    private readonly CounterFamily _retired;
    private readonly GaugeFamily _streams;
    private readonly GaugeFamily _components;
    private readonly HistogramFamily _duration;

    public AccuracyMonitorMetrics(MetricRegistry registry, InternalErrorCounter errors)
    {
        _models = new ModelFamilies(registry);
        _queueItems = registry.Gauge("label_queue_items", "Label requests in the queue, by state.", "state");
        _queueOldest = registry.Gauge("label_queue_oldest_timestamp_seconds", "When the oldest waiting label request was made; 0 when none waits.");
        _dropped = registry.Counter("dropped_total", "Predictions or label requests dropped, by reason.", "reason");
        _rejected = registry.Counter(
            "rejected_total", "Predictions rejected as bad input, by reason (a batch that can't be read counts its ids, at least 1).", "reason");
        _refused = registry.Counter(
            "refusals_total", "Calls, connections and model versions refused to keep within memory, files and time, by reason.", "reason");
        _overflow = registry.Counter("segment_overflow_total", "Predictions kept under the segment overflow.");
        _classOverflow =
            registry.Counter("class_overflow_total", "Predictions whose class is beyond Estimation:MaxPredictedClasses and is kept under the class other.");
        _retired = registry.Counter(
            "retired_versions_total", "Model versions forgotten to make room for others, after a time without predictions (Intake:EvictAfter).");
        _streams = registry.Gauge("open_streams", "Observe streams open.");
        _components = registry.Gauge("component_up", "1 while the part of the sidecar gets its work done; /healthz says why it does not.", "component");
        _duration = registry.Histogram("score_duration_seconds", "Time to score one prediction (a micro-batch's time shared over its rows).", ScoreBuckets);
        registry.CountSeriesCut(
            "series_not_exported", "Series of segments and predicted classes that /metrics leaves out, since a metric has at most 2,000 series.");
        Capture = new CaptureMetrics(registry, _refused, errors);

        var version = typeof(AccuracyMonitorMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "unknown";
        registry.Gauge("build_info", "1; the labels say which build this is.", "version", "runtime")
            .Replace(new Series([version, Environment.Version.ToString()], 1));
        string[] reasons =
            ["queue_full", "label_cap", "storage_full", "storage_busy", "storage_error", "scoring_failed", "version_deleted", "truth_buffer"];
        foreach (var reason in reasons)
        {
            _dropped.Of(reason);
        }

        foreach (var reason in RefusalReasons.All)
        {
            _refused.Of(reason);
        }
    }

    public CaptureMetrics Capture { get; }

    /// <summary>Of all model versions that are known now.</summary>
    public long CountedPredictions => (long)_models.Predictions.Snapshot.Sum(s => s.Value);

    public ModelMetrics ForModel(ModelKey key) => new(_models, key);

    public void Dropped(string reason, int count) => _dropped.Of(reason).Add(count);

    public void Rejected(string reason, int count) => _rejected.Of(reason).Add(count);

    /// <param name="reason">One of <see cref="RefusalReasons"/>.</param>
    public void Refused(string reason) => _refused.Of(reason).Add(1);

    /// <summary>The version's own counters end; when it is seen again they begin at 0.</summary>
    public void Retired(ModelKey key)
    {
        _retired.Of().Add(1);
        Deleted(key);
    }

    public void Deleted(ModelKey key) => _models.Forget(key);

    public void SegmentOverflow(int count) => _overflow.Of().Add(count);

    public void ClassOverflow(int count) => _classOverflow.Of().Add(count);

    public void Components(IEnumerable<(string Name, bool IsUp)> states) =>
        _components.Replace([.. states.Select(s => new Series([s.Name], s.IsUp ? 1 : 0))]);

    public void StreamOpened() => _streams.Add(1);

    public void StreamClosed() => _streams.Add(-1);

    public void Scored(TimeSpan perPrediction, int rows) => _duration.Observe(perPrediction.TotalSeconds, rows);

    public void Queue(QueueCounts counts)
    {
        _queueItems.Replace(new Series(["waiting"], counts.Waiting), new Series(["leased"], counts.Leased));
        _queueOldest.Set(counts.OldestWaiting?.ToUnixTimeMilliseconds() / 1000.0 ?? 0);
    }
}
