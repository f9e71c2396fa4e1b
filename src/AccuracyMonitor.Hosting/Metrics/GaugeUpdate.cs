namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>The next series of some gauges, collected and then published together. For one thread.</summary>
/// <param name="owned">The families replaced: one that is given no series ends up with none.</param>
public sealed class GaugeUpdate(params IEnumerable<GaugeFamily> owned)
{
    private readonly Dictionary<GaugeFamily, List<Series>> _series = owned.ToDictionary(f => f, _ => new List<Series>());

    public void Add(GaugeFamily family, double value, params string[] labels) => _series[family].Add(new Series(labels, value));

    public void Apply()
    {
        foreach (var (family, series) in _series)
        {
            family.Replace([.. series]);
        }
    }
}
