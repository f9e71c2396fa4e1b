using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// A counter whose amounts can be taken back. Prometheus reads a counter that falls as a restart and computes a huge rate, so an amount taken back
/// becomes a debt: the counter stands still until later amounts have paid it.
/// </summary>
internal sealed class CorrectableCounter(Series series)
{
    private readonly Lock _gate = new();
    private double _debt;

    public void Add(double amount)
    {
        lock (_gate)
        {
            var due = amount - _debt;
            _debt = Math.Max(0, -due);
            if (due > 0)
            {
                series.Add(due);
            }
        }
    }
}
