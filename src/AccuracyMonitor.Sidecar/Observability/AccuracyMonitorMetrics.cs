using System.Diagnostics.Metrics;
using System.Reflection;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.OpenInference;
using AccuracyMonitor.Sidecar.Sinks;
using AccuracyMonitor.Sidecar.Tap;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// All metrics. Names are an interface: a golden file in the tests guards them, and they may only be added to. Ratios are 0–1; an empty
/// <c>segment</c> is the whole traffic.
/// </summary>
internal sealed class AccuracyMonitorMetrics
{
    public const string MeterName = "AccuracyMonitor";

    private static readonly string[] ByModel = ["model", "version"];
    private static readonly string[] BySeriesWindow = ["model", "version", "segment", "window"];
    private static readonly string[] ByEstimate = ["model", "version", "segment", "window", "estimate"];
    private static readonly double[] ScoreBuckets = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 5e-3, 2e-2, 0.1];

    private static readonly AccuracyEstimate NotMade = AccuracyEstimate.Without(EstimateKind.Combined, EstimateState.InsufficientLabels);

    private readonly Gauge _accuracy;
    private readonly Gauge _lower;
    private readonly Gauge _upper;
    private readonly Gauge _state;
    private readonly Gauge _effectiveSamples;
    private readonly Gauge _windowLabels;
    private readonly Gauge _windowPredictions;
    private readonly Gauge _confidence;
    private readonly Gauge _lastEstimate;
    private readonly Gauge _queueItems;
    private readonly Gauge _queueOldest;
    private readonly Counter _dropped;
    private readonly Counter _rejected;
    private readonly Counter _overflow;
    private readonly Counter _classOverflow;
    private readonly Counter _captured;
    private readonly Counter _blind;
    private readonly Gauge _streams;
    private readonly Prometheus.Histogram _duration;
    private readonly Histogram<double> _otelDuration;

    public AccuracyMonitorMetrics(CollectorRegistry registry, IMeterFactory meters)
    {
        var make = new MetricFactory(registry, meters.Create(MeterName));
        _accuracy = make.Gauge("accuracy_ratio", "Accuracy of the deployed model over the window: label_free (mean correctness score), labelled (labels only), audited (both), combined (mean score once this window's and earlier labels have taught the monitor).", ByEstimate);
        _lower = make.Gauge("accuracy_lower_bound_ratio", "Lower bound of the two-sided interval, which holds with probability 1 - Estimation:Alpha for one look at one window (label_free and combined: only while monitor_valid is 1). To watch over time: running_accuracy_lower_bound_ratio.", ByEstimate);
        _upper = make.Gauge("accuracy_upper_bound_ratio", "Upper bound of the two-sided interval, which holds with probability 1 - Estimation:Alpha for one look at one window (label_free and combined: only while monitor_valid is 1). To watch over time: running_accuracy_upper_bound_ratio.", ByEstimate);
        _state = make.Gauge("estimate_state_info", "1 for the state an estimate is in: ok, insufficient_samples, insufficient_labels, monitor_invalid.", [.. ByEstimate, "state"]);
        _effectiveSamples = make.Gauge("effective_samples", "Uniformly chosen labels that would give the audited estimate's precision.", BySeriesWindow);
        _windowLabels = make.Gauge("window_labels", "Labels of predictions made in the window.", BySeriesWindow);
        _windowPredictions = make.Gauge("window_predictions", "Predictions made in the window.", BySeriesWindow);
        _confidence = make.Gauge("model_confidence_ratio", "The deployed model's own mean confidence (maximum softmax) over the window: not an estimate of accuracy.", BySeriesWindow);
        _lastEstimate = make.Gauge("last_estimate_timestamp_seconds", "When estimates were last made.");
        _queueItems = make.Gauge("label_queue_items", "Label requests in the queue, by state.", "state");
        _queueOldest = make.Gauge("label_queue_oldest_timestamp_seconds", "When the oldest waiting label request was made; 0 when none waits.");
        _dropped = make.Counter("dropped_total", "Predictions or label requests dropped, by reason.", "reason");
        _rejected = make.Counter("rejected_total", "Predictions rejected as bad input, by reason (a batch that can't be read counts its ids, at least 1).", "reason");
        _overflow = make.Counter("segment_overflow_total", "Predictions kept under the segment overflow.");
        _classOverflow = make.Counter("class_overflow_total", "Predictions whose class is beyond Estimation:MaxPredictedClasses and is kept under the class other.");
        _captured = make.Counter("captured_total", "Predictions read out of the traffic of a model server, by source.", "source");
        _blind = make.Counter("blind_total", "Answers of a model server that could not be read as predictions, by source and reason.", "source", "reason");
        _streams = make.Gauge("open_streams", "Observe streams open.");
        (_duration, _otelDuration) = make.Histogram("score_duration_seconds", "Time to score one prediction (a micro-batch's time shared over its rows).", ScoreBuckets);

        Refreshed = new RefreshedMetrics(make);
        Sink = new SinkMetrics(make);
        Tap = new TapMetrics(make);
        Models = new ModelFamilies(
            make.Counter("predictions_total", "Predictions counted.", ByModel),
            make.Counter("expected_correct_total", "Sum of correctness scores; its rate over that of predictions_total is the label-free accuracy over any range and pods.", ByModel),
            make.Counter("expected_correct_variance_total", "Sum of score times (1 - score): variance of the number of right predictions given the scores.", ByModel),
            make.Counter("labelled_weight_total", "Sum of 1/inclusion probability over labels.", ByModel),
            make.Counter("labelled_correct_weight_total", "Sum of 1/inclusion probability over labels that say right.", ByModel),
            make.Counter("labelled_expected_weight_total", "Sum of score/inclusion probability over labels.", ByModel),
            make.Counter("labelled_squared_weight_total", "Sum of 1/inclusion probability squared over labels: with the other squared weights it gives the variance of the audited accuracy over any range and pods.", ByModel),
            make.Counter("labelled_correct_squared_weight_total", "Sum of 1/inclusion probability squared over labels that say right.", ByModel),
            make.Counter("labelled_expected_squared_weight_total", "Sum of score/inclusion probability squared over labels.", ByModel),
            make.Counter("labelled_correct_expected_squared_weight_total", "Sum of score/inclusion probability squared over labels that say right.", ByModel),
            make.Counter("labelled_squared_expected_squared_weight_total", "Sum of (score/inclusion probability) squared over labels.", ByModel),
            make.Counter("label_requests_total", "Label requests made, by sampling policy.", [.. ByModel, "policy"]),
            make.Counter("labels_total", "Outcomes of label requests: correct, incorrect, skipped, expired, replaced, retracted.", [.. ByModel, "outcome"]),
            make.Counter("promotions_total", "Challengers judged, by kind (head, network, manual) and decision (promoted, refused).", [.. ByModel, "kind", "decision"]),
            make.Gauge("accuracy_objective_ratio", "The accuracy objective, where one is set.", ByModel),
            make.Gauge("label_budget_ratio", "Share of predictions to label.", ByModel),
            make.Gauge("monitor_valid", "1: the label-free estimate may be used. 0: the monitor is unproven, or its validity alarm has fired.", ByModel),
            make.Gauge("validity_evidence", "Log e-value against the monitor fitting (anytime-valid since the monitor was promoted).", ByModel),
            make.Gauge("accuracy_evidence", "Log e-value of the e-detector against accuracy meeting the objective (its false alarms are bounded by Alarms:AverageRunLength).", ByModel),
            make.Gauge("alarm_firing", "1 while the alarm fires: accuracy, validity.", [.. ByModel, "alarm"]),
            make.Gauge("monitor_info", "1 for the monitor in use.", [.. ByModel, "monitor_version", "kind"]),
            make.Gauge("model_info", "1 for each model version known.", [.. ByModel, "classes"]));

        var version = typeof(AccuracyMonitorMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
        make.Gauge("build_info", "1; the labels say which build this is.", "version", "runtime").WithLabels(version, Environment.Version.ToString()).Set(1);
        foreach (var reason in (string[])["queue_full", "label_cap", "storage_full", "storage_busy", "storage_error", "scoring_failed"])
        {
            _dropped.WithLabels(reason);
        }

        foreach (var source in (string[])[SinkProcessor.Source, TapWorker.Source])
        {
            _captured.WithLabels(source);
            _blind.WithLabels(source, BlindSpot.QueueFull.Reason());
        }
    }

    public ModelFamilies Models { get; }

    /// <summary>Owned by the refresh.</summary>
    public RefreshedMetrics Refreshed { get; }

    public SinkMetrics Sink { get; }

    public TapMetrics Tap { get; }

    public ModelMetrics ForModel(ModelKey key, double? objective) => new(Models, key, objective);

    public void Dropped(string reason, int count) => _dropped.WithLabels(reason).Inc(count);

    public void Rejected(string reason, int count) => _rejected.WithLabels(reason).Inc(count);

    public void SegmentOverflow(int count) => _overflow.Inc(count);

    public void ClassOverflow(int count) => _classOverflow.Inc(count);

    public void Captured(string source, int rows) => _captured.WithLabels(source).Inc(rows);

    public void Blind(string source, string reason, long count) => _blind.WithLabels(source, reason).Inc(count);

    public void StreamOpened() => _streams.Inc();

    public void StreamClosed() => _streams.Dec();

    public void Scored(TimeSpan perPrediction, int rows)
    {
        _duration.Observe(perPrediction.TotalSeconds, rows);
        for (var row = 0; row < rows && _otelDuration.Enabled; row++)
        {
            _otelDuration.Record(perPrediction.TotalSeconds);
        }
    }

    public void Queue(QueueCounts counts)
    {
        _queueItems.WithLabels("waiting").Set(counts.Waiting);
        _queueItems.WithLabels("leased").Set(counts.Leased);
        _queueOldest.Set(counts.OldestWaiting?.ToUnixTimeMilliseconds() / 1000.0 ?? 0);
    }

    public void Estimated(DateTimeOffset now) => _lastEstimate.Set(now.ToUnixTimeMilliseconds() / 1000.0);

    /// <summary>Publishes one window. An estimate that is not ok has a state and no number.</summary>
    public void Window(SeriesKey series, TimeSpan window, WindowEstimate estimate)
    {
        var name = WindowName(window);
        string[] labels = [series.Model, series.Version, series.Segment, name];
        _windowLabels.WithLabels(labels).Set(estimate.Labels);
        _windowPredictions.WithLabels(labels).Set(estimate.Predictions);
        _effectiveSamples.WithLabels(labels).Set(estimate.Audited.State == EstimateState.Ok ? estimate.Audited.EffectiveSamples : 0);
        if (estimate.Predictions > 0)
        {
            _confidence.WithLabels(labels).Set(estimate.MeanConfidence);
        }
        else
        {
            _confidence.RemoveLabelled(labels);
        }

        foreach (var one in (AccuracyEstimate[])[estimate.LabelFree, estimate.Labelled, estimate.Audited, estimate.Combined ?? NotMade])
        {
            Publish([.. labels, KindName(one.Kind)], one);
        }
    }

    /// <summary>5m, 1h, 24h, 15s: the largest unit that divides the window.</summary>
    public static string WindowName(TimeSpan window)
    {
        if (window >= TimeSpan.FromHours(1) && window.Ticks % TimeSpan.TicksPerHour == 0)
        {
            return $"{window.TotalHours:0}h";
        }

        return window >= TimeSpan.FromMinutes(1) && window.Ticks % TimeSpan.TicksPerMinute == 0
            ? $"{window.TotalMinutes:0}m"
            : $"{window.TotalSeconds:0.###}s";
    }

    public static string KindName(EstimateKind kind) => kind switch
    {
        EstimateKind.LabelFree => "label_free",
        EstimateKind.Labelled => "labelled",
        EstimateKind.Combined => "combined",
        _ => "audited",
    };

    private void Publish(string[] labels, AccuracyEstimate estimate)
    {
        foreach (var state in Enum.GetValues<EstimateState>())
        {
            _state.WithLabels([.. labels, StateName(state)]).Set(state == estimate.State ? 1 : 0);
        }

        if (estimate.State == EstimateState.Ok)
        {
            _accuracy.WithLabels(labels).Set(estimate.Value);
            _lower.WithLabels(labels).Set(estimate.Lower);
            _upper.WithLabels(labels).Set(estimate.Upper);
            return;
        }

        _accuracy.RemoveLabelled(labels);
        _lower.RemoveLabelled(labels);
        _upper.RemoveLabelled(labels);
    }

    private static string StateName(EstimateState state) => state switch
    {
        EstimateState.Ok => "ok",
        EstimateState.InsufficientSamples => "insufficient_samples",
        EstimateState.InsufficientLabels => "insufficient_labels",
        _ => "monitor_invalid",
    };
}
