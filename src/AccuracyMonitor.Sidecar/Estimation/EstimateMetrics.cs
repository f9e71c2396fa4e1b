using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>
/// The gauges that show the published estimates. They are computed from the same immutable <see cref="PublishedEstimates"/> as /estimates and the
/// gRPC service, and replaced together: a model version, segment or class that is no longer published is gone from them.
/// </summary>
internal sealed class EstimateMetrics(MetricRegistry registry)
{
    private const string Window =
        "which holds with probability 1 - Estimation:Alpha for one look at one window (label_free and combined: only while monitor_valid is 1; realized: "
            + "always, the truths that are missing being all wrong or all right). To watch over time:";

    private const string Anytime =
        "Anytime-valid: holds at all times at once with probability 1 - Estimation:Alpha since the version's first label (asymptotic: as far as a window's "
            + "estimate is normal).";

    private const string OneLook = "Two-sided at 1 - Estimation:Alpha, for one look at one window.";
    private const string ManyClasses = "Of many classes some are wrong: for alarms see subgroup_alarm_firing.";

    private static readonly string[] ByWindow = ["model", "version", "segment", "window"];
    private static readonly string[] ByPart = ["model", "version", "segment", "predicted_class"];
    private static readonly AccuracyEstimate NotMade = AccuracyEstimate.Without(EstimateKind.Combined, EstimateState.InsufficientLabels);

    private readonly ModelGauges _models = new(registry);
    private readonly RealizedGauges _realized = new(registry);

    private readonly BoundedGauge _accuracy = new(
        registry,
        new BoundedGaugeText(
            "accuracy",
            "Accuracy of the deployed model over the window: label_free (mean correctness score), labelled (labels only), audited (both), combined (mean "
                + "score once this window's and earlier labels have taught the monitor), realized (what came true in the newest past window whose truth is "
                + "complete), noise_corrected (audited, corrected for wrong labels).",
            $"Lower bound of the two-sided interval, {Window} running_accuracy_lower_bound_ratio.",
            $"Upper bound of the two-sided interval, {Window} running_accuracy_upper_bound_ratio."),
        [.. ByWindow, "estimate"]);

    private readonly BoundedGauge _running = new(
        registry,
        new BoundedGaugeText(
            "running_accuracy",
            "Accuracy since the version's first label: beta_binomial (labels of the uniform sample, exact), asymptotic (mean audited accuracy over closed "
                + "windows).",
            $"Lower bound of the running accuracy. {Anytime}",
            $"Upper bound of the running accuracy. {Anytime}"),
        "model", "version", "sequence");

    private readonly BoundedGauge _difference = new(
        registry,
        new BoundedGaugeText(
            "accuracy_difference",
            "Audited accuracy of the version less that of the baseline, which is the configured version (Estimation:Baselines) or the one with most "
                + "predictions in the window.",
            $"Lower bound of the difference. {OneLook}",
            $"Upper bound of the difference. {OneLook}"),
        "model", "version", "baseline", "window");

    private readonly BoundedGauge _class = new(
        registry,
        new BoundedGaugeText(
            "class_accuracy",
            "Accuracy of the predictions of one class over the window; only with Estimation:LabelFloor labels in it.",
            $"Lower bound of the class's interval. {OneLook} {ManyClasses}",
            $"Upper bound of the class's interval. {OneLook} {ManyClasses}"),
        "model", "version", "predicted_class", "window", "estimate");

    private readonly GaugeFamily _state = registry.Gauge(
        "estimate_state_info", "1 for the state an estimate is in: ok, insufficient_samples, insufficient_labels, monitor_invalid.",
        [.. ByWindow, "estimate", "state"]);

    private readonly GaugeFamily _effectiveSamples =
        registry.Gauge("effective_samples", "Uniformly chosen labels that would give the audited estimate's precision.", ByWindow);

    private readonly GaugeFamily _labels = registry.Gauge("window_labels", "Labels of predictions made in the window.", ByWindow);

    private readonly GaugeFamily _predictions = registry.Gauge("window_predictions", "Predictions made in the window.", ByWindow);

    private readonly GaugeFamily _confidence = registry.Gauge(
        "model_confidence_ratio", "The deployed model's own mean confidence (maximum softmax) over the window: not an estimate of accuracy.", ByWindow);

    private readonly GaugeFamily _firing = registry.Gauge(
        "subgroup_alarm_firing",
        "1 while the accuracy alarm of a segment or predicted class with an objective fires; of those firing, the expected share of false ones is at most "
            + "Alarms:SubgroupLevel (e-BH).",
        ByPart);

    private readonly GaugeFamily _evidence =
        registry.Gauge("subgroup_evidence", "Log e-value against a segment or predicted class meeting its objective (anytime-valid).", ByPart);

    private readonly GaugeFamily _lastEstimate = registry.Gauge("last_estimate_timestamp_seconds", "When estimates were last made.");

    public void Publish(PublishedEstimates estimates)
    {
        var update = new GaugeUpdate([
            .. _models.Families, .. _realized.Families, .. _accuracy.Families, .. _running.Families, .. _difference.Families, .. _class.Families,
            _state, _effectiveSamples, _labels, _predictions, _confidence, _firing, _evidence, _lastEstimate]);
        foreach (var model in estimates.Models)
        {
            _models.Add(update, model);
        }

        foreach (var (key, estimate) in estimates.Running)
        {
            _running.Add(update, estimate.Bounds, key.Model, key.Version, estimate.Sequence);
        }

        foreach (var difference in estimates.Differences.Where(d => d.State == EstimateState.Ok))
        {
            _difference.Add(
                update, difference.Difference, difference.Key.Model, difference.Key.Version, difference.Baseline,
                WindowNames.Of(difference.Window));
        }

        foreach (var window in estimates.Windows)
        {
            Add(update, window);
        }

        foreach (var realized in estimates.Realized)
        {
            var window = WindowNames.Of(realized.Latest.End - realized.Latest.Start);
            _accuracy.Add(update, realized.Latest.Accuracy, realized.Key.Model, realized.Key.Version, "", window, "realized");
            _realized.Add(update, realized);
        }

        // The alarm is of the series: each of its windows carries the same one.
        foreach (var window in estimates.Windows.Where(w => w.Series.IsSubgroup).DistinctBy(w => w.Series))
        {
            AddAlarm(update, window.Series, window.AccuracyAlarm);
        }

        update.Add(_lastEstimate, estimates.At.ToUnixTimeMilliseconds() / 1000.0);
        registry.Publish(update);
    }

    private void Add(GaugeUpdate update, PublishedEstimate window)
    {
        var (series, estimate) = (window.Series, window.Estimate);
        var name = WindowNames.Of(window.Window);
        if (series.PredictedClass is not null)
        {
            foreach (var one in (AccuracyEstimate[])[estimate.LabelFree, estimate.Labelled, estimate.Audited])
            {
                AddBounded(update, _class, one, series.Model, series.Version, series.ClassName, name, KindName(one.Kind));
            }

            return;
        }

        string[] labels = [series.Model, series.Version, series.Segment, name];
        update.Add(_labels, estimate.Labels, labels);
        update.Add(_predictions, estimate.Predictions, labels);
        update.Add(_effectiveSamples, estimate.Audited.State == EstimateState.Ok ? estimate.Audited.EffectiveSamples : 0, labels);
        if (estimate.Predictions > 0)
        {
            update.Add(_confidence, estimate.MeanConfidence, labels);
        }

        if (window.NoiseCorrected is { State: CorrectionState.Ok } corrected)
        {
            _accuracy.Add(update, corrected.Accuracy, [.. labels, "noise_corrected"]);
        }

        foreach (var one in (AccuracyEstimate[])[estimate.LabelFree, estimate.Labelled, estimate.Audited, estimate.Combined ?? NotMade])
        {
            AddBounded(update, _accuracy, one, [.. labels, KindName(one.Kind)]);
            foreach (var state in Enum.GetValues<EstimateState>())
            {
                update.Add(_state, state == one.State ? 1 : 0, [.. labels, KindName(one.Kind), StateName(state)]);
            }
        }
    }

    private void AddAlarm(GaugeUpdate update, SeriesKey series, AlarmVerdict alarm)
    {
        if (double.IsFinite(alarm.LogThreshold))
        {
            update.Add(_firing, alarm.Firing ? 1 : 0, series.Model, series.Version, series.Segment, series.ClassName);
            update.Add(_evidence, alarm.LogEvidence, series.Model, series.Version, series.Segment, series.ClassName);
        }
    }

    /// <summary>An estimate that is not ok has a state and no number.</summary>
    private static void AddBounded(GaugeUpdate update, BoundedGauge gauge, AccuracyEstimate estimate, params string[] labels)
    {
        if (estimate.State == EstimateState.Ok)
        {
            gauge.Add(update, new Interval(estimate.Value, estimate.Lower, estimate.Upper), labels);
        }
    }

    private static string KindName(EstimateKind kind) => kind switch
    {
        EstimateKind.LabelFree => "label_free",
        EstimateKind.Labelled => "labelled",
        EstimateKind.Combined => "combined",
        _ => "audited",
    };

    private static string StateName(EstimateState state) => state switch
    {
        EstimateState.Ok => "ok",
        EstimateState.InsufficientSamples => "insufficient_samples",
        EstimateState.InsufficientLabels => "insufficient_labels",
        _ => "monitor_invalid",
    };
}
