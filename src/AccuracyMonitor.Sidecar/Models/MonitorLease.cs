using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>A monitor and a hold on its scorer: until the lease is disposed, the scorer is not. Disposing twice is the same as once.</summary>
internal sealed class MonitorLease : IDisposable
{
    private int _returned;

    private MonitorLease(MonitorSnapshot monitor) => Monitor = monitor;

    public MonitorSnapshot Monitor { get; }

    /// <summary>Runs the graph. Calls from several threads follow one another.</summary>
    public IMonitorScorer Scorer => _returned == 0
        ? Monitor.Scorer.Scorer
        : throw new ObjectDisposedException(nameof(MonitorLease), "The lease has been returned.");

    /// <summary>The lease of whoever created the monitor's scorer: it takes over the creator's hold.</summary>
    public static MonitorLease OfCreator(MonitorSnapshot monitor) => new(monitor);

    /// <returns>Null if the monitor has been replaced and its scorer disposed.</returns>
    public static MonitorLease? TryTake(MonitorSnapshot monitor) => monitor.Scorer.TryHold() ? new MonitorLease(monitor) : null;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            Monitor.Scorer.Release();
        }
    }
}
