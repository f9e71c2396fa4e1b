using System.Diagnostics.Metrics;

namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>
/// The metric families of a process, and the instruments of one meter that read them. Families are made at start, before anybody reads;
/// docs/decisions/0005-metrics-have-one-source.md says why they are our own.
/// </summary>
public sealed class MetricRegistry(IMeterFactory meters)
{
    public const string MeterName = "AccuracyMonitor";
    public const string Prefix = "accuracy_monitor_";

    private readonly Meter _meter = meters.Create(MeterName);
    private readonly List<MetricFamily> _families = [];
    private readonly Lock _publishing = new();
    private GaugeFamily? _cut;

    public CounterFamily Counter(string name, string help, params string[] labels)
    {
        var family = Add(new CounterFamily(new MetricDescription(Prefix + name, help, labels)));
        _meter.CreateObservableCounter(Prefix + name, family.Measure, description: help);
        return family;
    }

    public GaugeFamily Gauge(string name, string help, params string[] labels)
    {
        var family = Add(new GaugeFamily(new MetricDescription(Prefix + name, help, labels)));
        _meter.CreateObservableGauge(Prefix + name, family.Measure, description: help);
        return family;
    }

    /// <param name="name">In seconds, and named so.</param>
    /// <param name="help">One line, for a person.</param>
    /// <param name="bounds">Upper bounds of the buckets, in order.</param>
    public HistogramFamily Histogram(string name, string help, double[] bounds)
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds };
        var instrument = _meter.CreateHistogram(Prefix + name, unit: "s", help, advice: advice);
        return Add(new HistogramFamily(new MetricDescription(Prefix + name, help, []), bounds, instrument));
    }

    /// <summary>Adds a gauge of the number of series that are not exported, since their metric has more than <see cref="GaugeFamily.MaxSeries"/>.</summary>
    public void CountSeriesCut(string name, string help) => _cut = Gauge(name, help);

    /// <summary>Replaces the series of several families, so that a scrape sees all of them before or all of them after.</summary>
    public void Publish(GaugeUpdate update)
    {
        lock (_publishing)
        {
            update.Apply();
            _cut?.Set(_families.OfType<GaugeFamily>().Sum(f => f.Cut));
        }
    }

    /// <summary>Every family with its series of one moment.</summary>
    public IReadOnlyList<(MetricFamily Family, IReadOnlyList<Series> Series)> Read()
    {
        lock (_publishing)
        {
            return [.. _families.Select(f => (f, f.Snapshot))];
        }
    }

    /// <returns>Null if no metric of ours has this name.</returns>
    public MetricFamily? Find(string name) => _families.Find(f => string.Equals(f.Description.Name, name, StringComparison.Ordinal));

    private T Add<T>(T family)
        where T : MetricFamily
    {
        _families.Add(family);
        return family;
    }
}
