using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Estimation;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>What a refresh publishes and the next may take back: running accuracy, versions compared, predicted classes, alarms of parts.</summary>
internal sealed class RefreshedMetrics(MetricFactory make)
{
    private const string Anytime =
        "Anytime-valid: holds at all times at once with probability 1 - Estimation:Alpha since the version's first label (asymptotic: as far as a window's estimate is normal).";

    private const string OneLook = "Two-sided at 1 - Estimation:Alpha, for one look at one window.";

    private static readonly string[] BySequence = ["model", "version", "sequence"];
    private static readonly string[] ByBaseline = ["model", "version", "baseline", "window"];
    private static readonly string[] ByClass = ["model", "version", "predicted_class", "window", "estimate"];
    private static readonly string[] ByPart = ["model", "version", "segment", "predicted_class"];

    private readonly Bounded _running = new(
        make,
        "running_accuracy",
        BySequence,
        "Accuracy since the version's first label: beta_binomial (labels of the uniform sample, exact), asymptotic (mean audited accuracy over closed windows).",
        $"Lower bound of the running accuracy. {Anytime}",
        $"Upper bound of the running accuracy. {Anytime}");

    private readonly Bounded _difference = new(
        make,
        "accuracy_difference",
        ByBaseline,
        "Audited accuracy of the version less that of the baseline, which is the configured version (Estimation:Baselines) or the one with most predictions in the window.",
        $"Lower bound of the difference. {OneLook}",
        $"Upper bound of the difference. {OneLook}");

    private readonly Bounded _class = new(
        make,
        "class_accuracy",
        ByClass,
        "Accuracy of the predictions of one class over the window; only with Estimation:LabelFloor labels in it.",
        $"Lower bound of the class's interval. {OneLook} Of many classes some are wrong: for alarms see subgroup_alarm_firing.",
        $"Upper bound of the class's interval. {OneLook} Of many classes some are wrong: for alarms see subgroup_alarm_firing.");

    private readonly SweptGauge _firing = new(make.Gauge(
        "subgroup_alarm_firing",
        "1 while the accuracy alarm of a segment or predicted class with an objective fires; of those firing, the expected share of false ones is at most Alarms:SubgroupLevel (e-BH).",
        ByPart));

    private readonly SweptGauge _evidence = new(make.Gauge(
        "subgroup_evidence", "Log e-value against a segment or predicted class meeting its objective (anytime-valid).", ByPart));

    public void Publish(PublishedEstimates estimates)
    {
        foreach (var (key, estimate) in estimates.Running)
        {
            _running.Set(estimate.Bounds, key.Model, key.Version, estimate.Sequence);
        }

        foreach (var difference in estimates.Differences.Where(d => d.State == EstimateState.Ok))
        {
            _difference.Set(
                difference.Difference, difference.Key.Model, difference.Key.Version, difference.Baseline, AccuracyMonitorMetrics.WindowName(difference.Window));
        }

        foreach (var window in estimates.Windows.Where(w => w.Series.IsSubgroup))
        {
            Publish(window);
        }

        _running.Sweep();
        _difference.Sweep();
        _class.Sweep();
        _firing.Sweep();
        _evidence.Sweep();
    }

    private void Publish(PublishedEstimate window)
    {
        var (series, alarm) = (window.Series, window.AccuracyAlarm);
        if (double.IsFinite(alarm.LogThreshold))
        {
            _firing.Set(alarm.Firing ? 1 : 0, series.Model, series.Version, series.Segment, series.ClassName);
            _evidence.Set(alarm.LogEvidence, series.Model, series.Version, series.Segment, series.ClassName);
        }

        if (series.PredictedClass is null)
        {
            return;
        }

        foreach (var one in (AccuracyEstimate[])[window.Estimate.LabelFree, window.Estimate.Labelled, window.Estimate.Audited])
        {
            if (one.State == EstimateState.Ok)
            {
                _class.Set(
                    new Interval(one.Value, one.Lower, one.Upper),
                    series.Model, series.Version, series.ClassName, AccuracyMonitorMetrics.WindowName(window.Window), AccuracyMonitorMetrics.KindName(one.Kind));
            }
        }
    }

    /// <summary>A number with its two bounds.</summary>
    private sealed class Bounded(MetricFactory make, string name, string[] labels, string help, string lowerHelp, string upperHelp)
    {
        private readonly SweptGauge _value = new(make.Gauge($"{name}_ratio", help, labels));
        private readonly SweptGauge _lower = new(make.Gauge($"{name}_lower_bound_ratio", lowerHelp, labels));
        private readonly SweptGauge _upper = new(make.Gauge($"{name}_upper_bound_ratio", upperHelp, labels));

        public void Set(Interval interval, params string[] values)
        {
            _value.Set(interval.Value, values);
            _lower.Set(interval.Lower, values);
            _upper.Set(interval.Upper, values);
        }

        public void Sweep()
        {
            _value.Sweep();
            _lower.Sweep();
            _upper.Sweep();
        }
    }
}
