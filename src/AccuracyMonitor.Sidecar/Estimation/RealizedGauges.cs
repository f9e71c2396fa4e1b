using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Truth;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>The gauges that compare estimates with what came true.</summary>
internal sealed class RealizedGauges(MetricRegistry registry)
{
    private static readonly string[] ByEstimate = ["model", "version", "estimate"];

    private readonly GaugeFamily _windows = registry.Gauge(
        "judged_windows", "Past stretches whose truth is complete (Truth:CompleteShare) and that the estimate was compared with.", ByEstimate);

    private readonly GaugeFamily _covered = registry.Gauge(
        "judged_covered_windows", "Those of judged_windows whose realized accuracy lies in the estimate's 95 % interval.", ByEstimate);

    private readonly GaugeFamily _error = registry.Gauge("judged_mean_error_ratio", "Mean of estimate less realized accuracy over judged_windows.", ByEstimate);

    private readonly GaugeFamily _squared = registry.Gauge(
        "judged_root_mean_square_error_ratio", "Root mean square of estimate less realized accuracy over judged_windows.", ByEstimate);

    public IEnumerable<GaugeFamily> Families => [_windows, _covered, _error, _squared];

    public void Add(GaugeUpdate update, RealizedAccuracy realized)
    {
        Add(update, realized.Audited, realized.Key.Model, realized.Key.Version, "audited");
        Add(update, realized.LabelFree, realized.Key.Model, realized.Key.Version, "label_free");
    }

    private void Add(GaugeUpdate update, EstimateJudgement judgement, params string[] labels)
    {
        update.Add(_windows, judgement.Windows, labels);
        if (judgement.Windows == 0)
        {
            return;
        }

        update.Add(_error, judgement.MeanError, labels);
        update.Add(_squared, judgement.RootMeanSquareError, labels);
        if (judgement.Covered is { } covered)
        {
            update.Add(_covered, covered, labels);
        }
    }
}
