namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>Gauges of one name. Those with labels are replaced all at once, so that a series which the new set lacks is gone from every reader.</summary>
public sealed class GaugeFamily : MetricFamily
{
    public GaugeFamily(MetricDescription description)
        : base(description)
    {
        if (description.Labels.Length == 0)
        {
            Swap([new Series([])]);
        }
    }

    /// <summary>Most series of one name. A dozen names have as many, at about 200 bytes a series: /metrics stays below 8 MiB.</summary>
    public const int MaxSeries = 2000;

    public override MetricType Type => MetricType.Gauge;

    /// <summary>Series that the last set had beyond <see cref="MaxSeries"/>, and that are not exported.</summary>
    public int Cut { get; private set; }

    /// <summary>Of a set that is too large the series with fewer label values stay: the total before its parts.</summary>
    public void Replace(params Series[] series)
    {
        Cut = Math.Max(0, series.Length - MaxSeries);
        Swap(Cut == 0 ? series : [.. series.OrderBy(s => s.Labels.Count(l => l.Length > 0)).Take(MaxSeries)]);
    }

    /// <summary>For a gauge without labels.</summary>
    public void Set(double value) => Snapshot[0].Set(value);

    /// <inheritdoc cref="Set"/>
    public void Add(double amount) => Snapshot[0].Add(amount);
}
