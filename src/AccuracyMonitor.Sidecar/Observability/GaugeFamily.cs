namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Gauges of one name. Those with labels are replaced all at once, so that a series which the new set lacks is gone from every reader.</summary>
internal sealed class GaugeFamily : MetricFamily
{
    public GaugeFamily(MetricDescription description)
        : base(description)
    {
        if (description.Labels.Length == 0)
        {
            Swap([new Series([])]);
        }
    }

    /// <summary>Most series of one name; 12 names have segments or classes, at about 200 bytes a series: /metrics stays below 8 MiB.</summary>
    public const int MaxSeries = 2000;

    private static readonly string[] Parts = ["segment", "predicted_class"];

    public override MetricType Type => MetricType.Gauge;

    /// <summary>Series that the last set had beyond <see cref="MaxSeries"/>, and that are not exported.</summary>
    public int Cut { get; private set; }

    /// <summary>Of a set that is too large those of all traffic stay before those of segments and classes.</summary>
    public void Replace(params Series[] series)
    {
        Cut = Math.Max(0, series.Length - MaxSeries);
        Swap(Cut == 0 ? series : [.. series.OrderBy(s => Parts.Any(p => IsPart(s, p))).Take(MaxSeries)]);
    }

    private bool IsPart(Series series, string label) => Array.IndexOf(Description.Labels, label) is >= 0 and var at && series.Labels[at].Length > 0;

    /// <summary>For a gauge without labels.</summary>
    public void Set(double value) => Snapshot[0].Set(value);

    /// <inheritdoc cref="Set"/>
    public void Add(double amount) => Snapshot[0].Add(amount);
}
