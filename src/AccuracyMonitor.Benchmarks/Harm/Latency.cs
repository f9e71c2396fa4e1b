using MathNet.Numerics.Statistics;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>Milliseconds from the scheduled time to the answer, as exact percentiles.</summary>
internal sealed record Latency(double Median, double P99, double P999, double Worst)
{
    public static Latency Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new Latency(At(0.5), At(0.99), At(0.999), sorted[^1]);

        double At(double share) => SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.EmpiricalInvCDF);
    }
}

/// <summary>Phases without and with the monitor, in consecutive pairs.</summary>
internal sealed class LatencyPairs
{
    private readonly List<(double[] Without, double[] With)> _pairs = [];

    public void Add(double[] without, double[] with) => _pairs.Add((without, with));

    public Latency Without => Latency.Of(_pairs.SelectMany(p => p.Without));

    public Latency With => Latency.Of(_pairs.SelectMany(p => p.With));

    /// <summary>Difference (with minus without): mean, minimum and maximum over the pairs.</summary>
    public string Difference(Func<Latency, double> of)
    {
        double[] differences = [.. _pairs.Select(p => of(Latency.Of(p.With)) - of(Latency.Of(p.Without)))];
        return $"{differences.Average():+0.00;-0.00} ({differences.Min():+0.00;-0.00} to {differences.Max():+0.00;-0.00})";
    }
}
