using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Observability;

/// <summary>All metrics of the injector. Their names are an interface.</summary>
internal sealed class InjectorMetrics : IAccessMetrics
{
    private const string Prefix = "injector_";
    private static readonly double[] DurationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    private readonly CounterFamily _injections;
    private readonly HistogramFamily _duration;
    private readonly CounterFamily _malformed;
    private readonly CounterFamily _namespaceReads;
    private readonly CounterFamily _rulesReads;
    private readonly GaugeFamily _certificateExpiry;
    private readonly CounterFamily _certificateSteps;
    private readonly CounterFamily _denied;
    private readonly GaugeFamily _components;

    public InjectorMetrics(MetricRegistry registry)
    {
        _injections = registry.Counter(
            Prefix + "injections_total",
            "Admission requests answered, by outcome (patched, repaired, skipped, left_alone, failed) and reason.", "outcome", "reason");
        _duration = registry.Histogram(Prefix + "request_duration_seconds", "Time to answer an admission request.", DurationBounds);
        _malformed = registry.Counter(
            Prefix + "malformed_requests_total", "Requests that were no AdmissionReview of version v1 and were answered with an HTTP error.");
        _namespaceReads = registry.Counter(
            Prefix + "namespace_reads_total",
            "Looks at a namespace, by outcome: remembered, read, outdated (the API server is away, the last answer was used), failed.", "outcome");
        _rulesReads = registry.Counter(Prefix + "rules_reads_total", "Lists of LimitRanges and ResourceQuotas, by outcome: read, failed.", "outcome");
        _certificateExpiry = registry.Gauge(Prefix + "certificate_expiry_timestamp_seconds", "When the certificate being served ends.");
        _certificateSteps = registry.Counter(
            Prefix + "certificate_steps_total",
            "Steps of looking after certificates: loaded, issued, announced, promoted, retired, published, conflict, failed.", "step");
        _denied = registry.Counter(
            Prefix + "denied_calls_total", "Calls refused, by reason: unauthenticated, forbidden, connections (too many are open).", "reason");
        _components = registry.Gauge("component_up", "1 while the part of the injector gets its work done; /healthz says why it does not.", "component");
        registry.Gauge(Prefix + "build_info", "1, with the version that runs.", "version")
            .Replace(new Series([typeof(InjectorMetrics).Assembly.GetName().Version?.ToString(3) ?? ""], 1));

        foreach (var reason in Reason.All)
        {
            _injections.Of(Reason.Label(reason.Outcome), reason.Name);
        }

        foreach (var outcome in (string[])["remembered", "read", "outdated", "failed"])
        {
            _namespaceReads.Of(outcome);
        }

        foreach (var outcome in (string[])["read", "failed"])
        {
            _rulesReads.Of(outcome);
        }

        foreach (var reason in (string[])["unauthenticated", "forbidden", "connections"])
        {
            _denied.Of(reason);
        }

        foreach (var step in (string[])["loaded", "issued", "announced", "promoted", "retired", "published", "conflict", "failed"])
        {
            _certificateSteps.Of(step);
        }
    }

    public void Answered(Reason reason, TimeSpan elapsed)
    {
        _injections.Of(Reason.Label(reason.Outcome), reason.Name).Add(1);
        _duration.Observe(elapsed.TotalSeconds, count: 1);
    }

    public void Denied(string reason) => _denied.Of(reason).Add(1);

    public void Components(IEnumerable<(string Name, string? Problem)> components) =>
        _components.Replace([.. components.Select(static c => new Series([c.Name], c.Problem is null ? 1 : 0))]);

    public void Malformed() => _malformed.Of().Add(1);

    public void NamespaceRead(string outcome) => _namespaceReads.Of(outcome).Add(1);

    public void RulesRead(string outcome) => _rulesReads.Of(outcome).Add(1);

    public void CertificateStep(string step) => _certificateSteps.Of(step).Add(1);

    public void CertificateServed(DateTimeOffset notAfter) => _certificateExpiry.Set(notAfter.ToUnixTimeSeconds());
}
