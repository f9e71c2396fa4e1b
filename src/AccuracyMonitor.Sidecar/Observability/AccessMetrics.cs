using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Calls that were refused, and listeners that refuse nobody.</summary>
internal sealed class AccessMetrics : IAccessMetrics
{
    private readonly CounterFamily _denied;

    public AccessMetrics(MetricRegistry registry)
    {
        _denied = registry.Counter(
            "denied_calls_total",
            "Calls refused, by reason: unauthenticated, forbidden (the caller lacks the role), cross_origin (a browser's page of another origin), host (a "
                + "foreign Host header).",
            "reason");
        AnonymousListeners = registry.Gauge(
            "anonymous_listener", "Listeners beyond this machine that take calls from anybody (Listen:AllowAnonymous, Sink:AllowAnonymous).");
        AnonymousListeners.Set(0);
        foreach (var reason in (string[])["unauthenticated", "forbidden", "cross_origin", "host"])
        {
            _denied.Of(reason);
        }
    }

    public GaugeFamily AnonymousListeners { get; }

    public void Denied(string reason) => _denied.Of(reason).Add(1);
}
