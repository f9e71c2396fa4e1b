namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>
/// Counters of one name. A series that has been made stays as long as its model version is in use, because a counter that ends and begins again reads
/// as a restart.
/// </summary>
public sealed class CounterFamily : MetricFamily
{
    private readonly Dictionary<string[], Series> _byLabels = new(new ByValues());
    private readonly Lock _gate = new();

    public CounterFamily(MetricDescription description)
        : base(description)
    {
        if (description.Labels.Length == 0)
        {
            Of();
        }
    }

    public override MetricType Type => MetricType.Counter;

    /// <summary>The series with these label values. A new one begins at 0.</summary>
    public Series Of(params string[] labels)
    {
        lock (_gate)
        {
            if (!_byLabels.TryGetValue(labels, out var series))
            {
                series = _byLabels[labels] = new Series(labels);
                Swap([.. Snapshot, series]);
            }

            return series;
        }
    }

    /// <summary>Ends the series with such label values.</summary>
    public void Remove(Predicate<string[]> labels)
    {
        lock (_gate)
        {
            foreach (var series in Snapshot.Where(s => labels(s.Labels)).ToArray())
            {
                _byLabels.Remove(series.Labels);
            }

            Swap([.. Snapshot.Where(s => !labels(s.Labels))]);
        }
    }

    private sealed class ByValues : IEqualityComparer<string[]>
    {
        public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string[] obj)
        {
            HashCode hash = default;
            foreach (var value in obj)
            {
                hash.Add(value, StringComparer.Ordinal);
            }

            return hash.ToHashCode();
        }
    }
}
