using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Hub.Estimation;

/// <summary>The fleet's estimates as metrics, without a label for a pod: one series for each model version, segment and window.</summary>
internal sealed class FleetGauges(MetricRegistry registry)
{
    private const string Bound = "bound of the interval, for one look at one window (label_free: only while the monitors are valid).";
    private static readonly string[] ByWindow = ["model", "version", "segment", "window"];
    private static readonly string[] ByClass = ["model", "version", "segment", "predicted_class", "window", "estimate"];

    private readonly GaugeFamily _accuracy = registry.Gauge(
        "fleet_accuracy_ratio", "Accuracy over the window of all pods, living and gone: label_free, labelled, audited.", ByClass);

    private readonly GaugeFamily _lower = registry.Gauge("fleet_accuracy_lower_bound_ratio", $"Lower {Bound}", ByClass);
    private readonly GaugeFamily _upper = registry.Gauge("fleet_accuracy_upper_bound_ratio", $"Upper {Bound}", ByClass);

    private readonly GaugeFamily _predictions =
        registry.Gauge("fleet_window_predictions", "Predictions made in the window, that have been reported.", ByWindow);

    private readonly GaugeFamily _labels = registry.Gauge("fleet_window_labels", "Labels of these predictions.", ByWindow);

    private readonly GaugeFamily _sources = registry.Gauge(
        "fleet_model_sources", "Sidecars that report the model version, those that have reported lately.", "model", "version");

    private readonly GaugeFamily _valid = registry.Gauge("fleet_monitors_valid", "1: the monitors of all these sidecars are valid.", "model", "version");
    private readonly GaugeFamily _known = registry.Gauge("hub_sources", "Sidecars that have ever reported, and those that have lately.", "state");
    private readonly GaugeFamily _backlog = registry.Gauge("hub_backlog_changes", "Changes that sidecars have not reported yet, as they last said.");
    private readonly GaugeFamily _age = registry.Gauge("hub_backlog_age_seconds", "Longest that one of these changes has waited, as they last said.");
    private readonly GaugeFamily _skew = registry.Gauge("hub_clock_skew_seconds", "Largest difference of the clock of a sidecar that has reported lately.");
    private readonly GaugeFamily _last = registry.Gauge("hub_last_estimate_timestamp_seconds", "When the fleet's estimates were last made.");

    public void Publish(PublishedFleet fleet)
    {
        var update = new GaugeUpdate([_accuracy, _lower, _upper, _predictions, _labels, _sources, _valid, _known, _backlog, _age, _skew, _last]);
        foreach (var (series, window, estimate) in fleet.Windows)
        {
            var name = WindowNames.Of(window);
            string[] labels = [series.Model, series.Version, series.Segment, series.ClassName, name];
            Add(update, estimate.LabelFree, [.. labels, "label_free"]);
            Add(update, estimate.Labelled, [.. labels, "labelled"]);
            Add(update, estimate.Audited, [.. labels, "audited"]);
            if (series.PredictedClass is null)
            {
                update.Add(_predictions, estimate.Predictions, series.Model, series.Version, series.Segment, name);
                update.Add(_labels, estimate.Labels, series.Model, series.Version, series.Segment, name);
            }
        }

        foreach (var (key, model) in fleet.Models)
        {
            update.Add(_sources, model.Sources, key.Model, key.Version);
            update.Add(_valid, model.MonitorValid ? 1 : 0, key.Model, key.Version);
        }

        update.Add(_known, fleet.Backlog.Sources, "ever");
        update.Add(_known, fleet.Backlog.Living, "living");
        update.Add(_backlog, fleet.Backlog.Changes);
        update.Add(_age, fleet.Backlog.Seconds);
        update.Add(_skew, fleet.Backlog.Skew);
        update.Add(_last, fleet.At.ToUnixTimeMilliseconds() / 1000.0);
        registry.Publish(update);
    }

    private void Add(GaugeUpdate update, AccuracyEstimate estimate, string[] labels)
    {
        if (estimate.State == EstimateState.Ok)
        {
            update.Add(_accuracy, estimate.Value, labels);
            update.Add(_lower, estimate.Lower, labels);
            update.Add(_upper, estimate.Upper, labels);
        }
    }
}
