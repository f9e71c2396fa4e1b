using AccuracyMonitor.Hosting.Metrics;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>What waits for the hub, and how its calls end.</summary>
internal sealed class HubMetrics
{
    /// <summary>The hub's answer named them.</summary>
    public const string Refused = "refused";

    /// <summary>The hub refused a report that held nothing else.</summary>
    public const string Invalid = "invalid";

    private readonly GaugeFamily _pending;
    private readonly GaugeFamily _oldest;
    private readonly GaugeFamily _lastSuccess;
    private readonly CounterFamily _reports;
    private readonly CounterFamily _refused;

    public HubMetrics(MetricRegistry registry)
    {
        _pending = registry.Gauge("hub_pending_changes", "Window buckets, label requests and forgotten predictions that the hub has not acknowledged.");
        _oldest = registry.Gauge("hub_oldest_pending_seconds", "How long the oldest of them has waited.");
        _lastSuccess = registry.Gauge("hub_last_success_timestamp_seconds", "When the hub last acknowledged a report; 0: not since the start.");
        _reports = registry.Counter(
            "hub_reports_total",
            "Reports to the hub, by outcome: ok, unavailable, deadline_exceeded, resource_exhausted, aborted, invalid_argument, unimplemented, "
                + "unauthenticated, permission_denied, other.",
            "outcome");
        _refused = registry.Counter(
            "hub_refused_changes_total",
            "Changes that the hub will never take and that are not reported again, by reason: refused (its answer named them), invalid (it refused a report "
                + "of this change alone).",
            "reason");
        _reports.Of(Outcome(StatusCode.OK));
        _refused.Of(Refused);
        _refused.Of(Invalid);
    }

    public void Pending(long changes, TimeSpan oldest)
    {
        _pending.Set(changes);
        _oldest.Set(oldest.TotalSeconds);
    }

    public void Reported(DateTimeOffset now)
    {
        _reports.Of(Outcome(StatusCode.OK)).Add(1);
        _lastSuccess.Set(now.ToUnixTimeMilliseconds() / 1000.0);
    }

    public void Failed(StatusCode status) => _reports.Of(Outcome(status)).Add(1);

    public void Lost(string reason, long changes) => _refused.Of(reason).Add(changes);

    private static string Outcome(StatusCode status) => status switch
    {
        StatusCode.OK => "ok",
        StatusCode.Unavailable => "unavailable",
        StatusCode.DeadlineExceeded => "deadline_exceeded",
        StatusCode.ResourceExhausted => "resource_exhausted",
        StatusCode.Aborted => "aborted",
        StatusCode.InvalidArgument => "invalid_argument",
        StatusCode.Unimplemented => "unimplemented",
        StatusCode.Unauthenticated => "unauthenticated",
        StatusCode.PermissionDenied => "permission_denied",
        _ => "other",
    };
}
