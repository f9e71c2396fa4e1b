using System.Diagnostics.Metrics;

namespace AccuracyMonitor.Hosting.Metrics;

public enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <param name="Name">With the prefix.</param>
/// <param name="Help">One line, for a person.</param>
/// <param name="Labels">Names of the labels. Every series has a value for each.</param>
public sealed record MetricDescription(string Name, string Help, string[] Labels);

/// <summary>All series of one metric name. /metrics and the instrument of the same name read the same snapshot. Thread-safe.</summary>
public abstract class MetricFamily(MetricDescription description)
{
    private volatile Series[] _snapshot = [];

    public MetricDescription Description { get; } = description;

    public abstract MetricType Type { get; }

    /// <summary>The series that exist now. The list never changes: it is replaced by another one.</summary>
    public IReadOnlyList<Series> Snapshot => _snapshot;

    /// <summary>For an observable instrument.</summary>
    public IEnumerable<Measurement<double>> Measure()
    {
        var snapshot = _snapshot;
        var measurements = new Measurement<double>[snapshot.Length];
        for (var i = 0; i < snapshot.Length; i++)
        {
            measurements[i] = new Measurement<double>(snapshot[i].Value, Tags(snapshot[i].Labels));
        }

        return measurements;
    }

    protected void Swap(Series[] series) => _snapshot = series;

    private KeyValuePair<string, object?>[] Tags(string[] values)
    {
        var tags = new KeyValuePair<string, object?>[values.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = new(Description.Labels[i], values[i]);
        }

        return tags;
    }
}
