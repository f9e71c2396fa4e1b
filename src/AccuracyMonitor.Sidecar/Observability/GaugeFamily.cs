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

    public override MetricType Type => MetricType.Gauge;

    public void Replace(params Series[] series) => Swap(series);

    /// <summary>For a gauge without labels.</summary>
    public void Set(double value) => Snapshot[0].Set(value);

    /// <inheritdoc cref="Set"/>
    public void Add(double amount) => Snapshot[0].Add(amount);
}
