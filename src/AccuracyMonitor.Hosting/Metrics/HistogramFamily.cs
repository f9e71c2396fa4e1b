using System.Diagnostics.Metrics;

namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>
/// One histogram without labels. OpenTelemetry has no observable histogram, so its instrument is given each observation, in the same call that
/// counts it here.
/// </summary>
public sealed class HistogramFamily(MetricDescription description, double[] bounds, Histogram<double> instrument) : MetricFamily(description)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public override MetricType Type => MetricType.Histogram;

    public void Observe(double value, int count)
    {
        var bucket = Array.FindIndex(bounds, b => value <= b);
        lock (_gate)
        {
            _counts[bucket < 0 ? bounds.Length : bucket] += count;
            _sum += value * count;
        }

        for (var i = 0; i < count && instrument.Enabled; i++)
        {
            instrument.Record(value);
        }
    }

    public HistogramReading Read()
    {
        lock (_gate)
        {
            return new HistogramReading(bounds, [.. _counts], _sum);
        }
    }
}

/// <param name="Bounds">Upper bounds of the buckets but the last, which has none.</param>
/// <param name="Counts">Observations of each bucket alone.</param>
/// <param name="Sum">Of all observations.</param>
public sealed record HistogramReading(double[] Bounds, long[] Counts, double Sum);
