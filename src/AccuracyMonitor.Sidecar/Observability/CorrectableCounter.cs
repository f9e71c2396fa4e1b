using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>
/// A counter whose amounts may be taken back. A Prometheus counter that falls reads as a restart and gives a huge rate, so what is taken back
/// is owed: the counter stands still until later amounts have paid the debt.
/// </summary>
internal sealed class CorrectableCounter(Counter.Child child)
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
                child.Inc(due);
            }
        }
    }
}
