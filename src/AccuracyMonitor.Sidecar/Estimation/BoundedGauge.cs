using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Three gauges: a ratio and its two bounds.</summary>
internal sealed class BoundedGauge(MetricRegistry registry, BoundedGaugeText text, params string[] labels)
{
    private readonly GaugeFamily _value = registry.Gauge($"{text.Name}_ratio", text.Help, labels);
    private readonly GaugeFamily _lower = registry.Gauge($"{text.Name}_lower_bound_ratio", text.LowerHelp, labels);
    private readonly GaugeFamily _upper = registry.Gauge($"{text.Name}_upper_bound_ratio", text.UpperHelp, labels);

    public IEnumerable<GaugeFamily> Families => [_value, _lower, _upper];

    public void Add(GaugeUpdate update, Interval interval, params string[] values)
    {
        update.Add(_value, interval.Value, values);
        update.Add(_lower, interval.Lower, values);
        update.Add(_upper, interval.Upper, values);
    }
}

internal sealed record BoundedGaugeText(string Name, string Help, string LowerHelp, string UpperHelp);
