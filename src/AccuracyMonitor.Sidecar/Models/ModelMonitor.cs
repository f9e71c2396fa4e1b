namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// The monitor in use by one model version. Whoever scores takes a lease; a replaced monitor's scorer is disposed when the last lease of it is
/// returned. For many callers.
/// </summary>
internal sealed class ModelMonitor
{
    private readonly Lock _replacing = new();
    private volatile MonitorLease _lease;

    /// <param name="first">Owned from here on.</param>
    public ModelMonitor(MonitorLease first) => _lease = first;

    public MonitorSnapshot Current => _lease.Monitor;

    public MonitorLease Lease()
    {
        while (true)
        {
            // Null only when the monitor was replaced and released between reading it and holding it: the next reading finds the new one.
            if (MonitorLease.TryTake(_lease.Monitor) is { } lease)
            {
                return lease;
            }
        }
    }

    /// <summary>Replaces the monitor.</summary>
    /// <param name="next">The caller keeps its own lease and returns it as usual.</param>
    public void Adopt(MonitorLease next)
    {
        var kept = MonitorLease.TryTake(next.Monitor)
            ?? throw new ObjectDisposedException(nameof(MonitorLease), "A monitor can't be adopted after its lease was returned.");
        MonitorLease replaced;
        lock (_replacing)
        {
            replaced = _lease;
            _lease = kept;
        }

        replaced.Dispose();
    }
}
