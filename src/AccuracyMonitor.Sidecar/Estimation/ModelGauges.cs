using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>The gauges of a model version as a whole: its monitor, its alarms and its settings.</summary>
internal sealed class ModelGauges(MetricRegistry registry)
{
    private static readonly string[] ByModel = ["model", "version"];

    private readonly GaugeFamily _objective = registry.Gauge("accuracy_objective_ratio", "The accuracy objective, where one is set.", ByModel);
    private readonly GaugeFamily _budget = registry.Gauge("label_budget_ratio", "Share of predictions to label.", ByModel);

    private readonly GaugeFamily _monitorValid = registry.Gauge(
        "monitor_valid", "1: the label-free estimate may be used. 0: the monitor is unproven, or its validity alarm has fired.", ByModel);

    private readonly GaugeFamily _validityEvidence = registry.Gauge(
        "validity_evidence", "Log e-value against the monitor fitting (anytime-valid since the monitor was promoted).", ByModel);

    private readonly GaugeFamily _accuracyEvidence = registry.Gauge(
        "accuracy_evidence", "Log e-value of the e-detector against accuracy meeting the objective (its false alarms are bounded by Alarms:AverageRunLength).",
        ByModel);

    private readonly GaugeFamily _firing = registry.Gauge("alarm_firing", "1 while the alarm fires: accuracy, validity.", [.. ByModel, "alarm"]);
    private readonly GaugeFamily _monitorInfo = registry.Gauge("monitor_info", "1 for the monitor in use.", [.. ByModel, "monitor_version", "kind"]);
    private readonly GaugeFamily _modelInfo = registry.Gauge("model_info", "1 for each model version known.", [.. ByModel, "classes"]);


    private readonly GaugeFamily _doubles = registry.Gauge("label_doubles", "Labels with a second opinion, of those that are kept (10,000 at most).", ByModel);
    private readonly GaugeFamily _agreement = registry.Gauge("label_agreement_ratio", "Share of second opinions that agree with the label.", ByModel);

    private readonly GaugeFamily _labelError = registry.Gauge(
        "label_error_ratio", "Share of labels that are wrong, as second opinions show; mistakes that both annotators share stay invisible.", ByModel);

    private readonly GaugeFamily _standingOut = registry.Gauge(
        "annotators_standing_out",
        "Annotators who disagree with the others beyond chance; one without reason has a probability of at most 1 % for each model version.", ByModel);

    public IEnumerable<GaugeFamily> Families =>
    [
        _objective, _budget, _monitorValid, _validityEvidence, _accuracyEvidence, _firing, _monitorInfo, _modelInfo, _doubles, _agreement, _labelError,
        _standingOut,
    ];

    public void Add(GaugeUpdate update, PublishedModel state)
    {
        var (model, version) = (state.Key.Model, state.Key.Version);
        if (state.Objective is { } objective)
        {
            update.Add(_objective, objective, model, version);
        }

        update.Add(_budget, state.Budget, model, version);
        update.Add(_monitorValid, state.MonitorValid ? 1 : 0, model, version);
        update.Add(_validityEvidence, state.ValidityAlarm.LogEvidence, model, version);
        update.Add(_accuracyEvidence, state.AccuracyAlarm.LogEvidence, model, version);
        update.Add(_firing, state.AccuracyAlarm.Firing ? 1 : 0, model, version, "accuracy");
        update.Add(_firing, state.ValidityAlarm.Firing ? 1 : 0, model, version, "validity");
        update.Add(_monitorInfo, 1, model, version, state.MonitorVersion, state.MonitorKind);
        update.Add(_modelInfo, 1, model, version, state.ClassCount.ToString());
        if (state.LabelQuality is { } quality)
        {
            update.Add(_doubles, quality.Doubles, model, version);
            update.Add(_standingOut, quality.StandingOut, model, version);
            if (quality.Error is { } error)
            {
                update.Add(_agreement, quality.Agreement!.Value, model, version);
                update.Add(_labelError, error.Value, model, version);
            }
        }
    }
}
