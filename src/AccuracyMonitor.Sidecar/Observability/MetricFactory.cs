using System.Diagnostics.Metrics;
using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Makes each metric once, for both ways out: the Prometheus registry holds the value, and an OpenTelemetry instrument of the same name reads it.</summary>
internal sealed class MetricFactory(CollectorRegistry registry, System.Diagnostics.Metrics.Meter meter)
{
    public const string Prefix = "accuracy_monitor_";

    private readonly Prometheus.MetricFactory _factory = Prometheus.Metrics.WithCustomRegistry(registry);

    public Counter Counter(string name, string help, params string[] labels)
    {
        var counter = _factory.CreateCounter(Prefix + name, help, new CounterConfiguration { LabelNames = labels });
        meter.CreateObservableCounter(Prefix + name, () => Read(counter, labels, static c => c.Value), description: help);
        return counter;
    }

    public Gauge Gauge(string name, string help, params string[] labels)
    {
        var gauge = _factory.CreateGauge(Prefix + name, help, new GaugeConfiguration { LabelNames = labels, SuppressInitialValue = labels.Length > 0 });
        meter.CreateObservableGauge(Prefix + name, () => Read(gauge, labels, static g => g.Value), description: help);
        return gauge;
    }

    public (Prometheus.Histogram Prometheus, Histogram<double> Otel) Histogram(string name, string help, double[] buckets) => (
        _factory.CreateHistogram(Prefix + name, help, new HistogramConfiguration { Buckets = buckets }),
        meter.CreateHistogram(Prefix + name, unit: "s", help, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets }));

    private static List<Measurement<double>> Read<TChild>(Collector<TChild> collector, string[] labels, Func<TChild, double> value)
        where TChild : ChildBase
    {
        List<Measurement<double>> measurements = [];
        if (labels.Length == 0)
        {
            measurements.Add(new Measurement<double>(value(collector.WithLabels([]))));
            return measurements;
        }

        foreach (var values in collector.GetAllLabelValues())
        {
            var tags = new KeyValuePair<string, object?>[labels.Length];
            for (var i = 0; i < labels.Length; i++)
            {
                tags[i] = new(labels[i], values[i]);
            }

            measurements.Add(new Measurement<double>(value(collector.WithLabels(values)), tags));
        }

        return measurements;
    }
}
