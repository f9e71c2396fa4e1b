using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>Tries the store, and publishes the state of each component as a metric.</summary>
internal sealed class HealthWorker(SidecarHealth health, StoreProbe probe, AccuracyMonitorMetrics metrics, TimeProvider time, WorkFailures failures,
    ILogger<HealthWorker> logger)
    : PeriodicWorker("Checking health", Interval, time, failures)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, bool> _up = new(StringComparer.Ordinal);

    /// <summary>The metric is there before the first scrape.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Publish(health.Read());
        return base.StartAsync(cancellationToken);
    }

    public override async Task RunAsync(CancellationToken cancel)
    {
        await probe.RunAsync(cancel);
        var report = health.Read();
        Publish(report);
        foreach (var component in report.Components)
        {
            var before = _up.GetValueOrDefault(component.Name, true);
            _up[component.Name] = component.IsUp;
            if (before && component.Reason is { } reason)
            {
                SidecarLog.ComponentDown(logger, component.Name, reason);
            }
            else if (!before && component.IsUp)
            {
                SidecarLog.ComponentUp(logger, component.Name);
            }
        }
    }

    private void Publish(HealthReport report) => metrics.Components(report.Components.Select(c => (c.Name, c.IsUp)));
}
