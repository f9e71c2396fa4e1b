using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>A gauge whose children come and go: those that a round does not set are removed at its end, so that no number outlives its reason. For one owner.</summary>
internal sealed class SweptGauge(Gauge gauge)
{
    private Dictionary<string, string[]> _before = new(StringComparer.Ordinal);
    private Dictionary<string, string[]> _now = new(StringComparer.Ordinal);

    public void Set(double value, params string[] labels)
    {
        gauge.WithLabels(labels).Set(value);

        // No name holds a line feed: it would split the exposition.
        _now[string.Join('\n', labels)] = labels;
    }

    public void Sweep()
    {
        foreach (var (key, labels) in _before)
        {
            if (!_now.ContainsKey(key))
            {
                gauge.RemoveLabelled(labels);
            }
        }

        (_before, _now) = (_now, _before);
        _now.Clear();
    }
}
