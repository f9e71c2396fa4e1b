using AccuracyMonitor.Injector.Decisions;
using Prometheus;

namespace AccuracyMonitor.Injector.Observability;

/// <summary>All metrics of the injector. Their names are an interface.</summary>
internal sealed class InjectorMetrics
{
    private const string Prefix = "accuracy_monitor_injector_";

    private readonly Counter _injections;
    private readonly Histogram _duration;
    private readonly Counter _malformed;
    private readonly Counter _namespaceReads;
    private readonly Counter _rulesReads;
    private readonly Gauge _certificateExpiry;
    private readonly Counter _certificateSteps;

    public InjectorMetrics(CollectorRegistry registry)
    {
        var make = Prometheus.Metrics.WithCustomRegistry(registry);
        _injections = make.CreateCounter(
            Prefix + "injections_total",
            "Admission requests answered, by outcome (patched, repaired, skipped, left_alone, failed) and reason.", "outcome", "reason");
        _duration = make.CreateHistogram(
            Prefix + "request_duration_seconds", "Time to answer an admission request.",
            new HistogramConfiguration { Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _malformed = make.CreateCounter(
            Prefix + "malformed_requests_total", "Requests that were no AdmissionReview of version v1 and were answered with an HTTP error.");
        _namespaceReads = make.CreateCounter(
            Prefix + "namespace_reads_total",
            "Looks at a namespace, by outcome: remembered, read, outdated (the API server is away, the last answer was used), failed.", "outcome");
        _rulesReads = make.CreateCounter(Prefix + "rules_reads_total", "Lists of LimitRanges and ResourceQuotas, by outcome: read, failed.", "outcome");
        _certificateExpiry = make.CreateGauge(Prefix + "certificate_expiry_timestamp_seconds", "When the certificate being served ends.");
        _certificateSteps = make.CreateCounter(
            Prefix + "certificate_steps_total",
            "Steps of looking after certificates: loaded, issued, announced, promoted, retired, published, conflict, failed.", "step");
        make.CreateGauge(Prefix + "build_info", "1, with the version that runs.", "version")
            .WithLabels(typeof(InjectorMetrics).Assembly.GetName().Version?.ToString(3) ?? "").Set(1);

        foreach (var reason in Reason.All)
        {
            _injections.WithLabels(Reason.Label(reason.Outcome), reason.Name);
        }

        foreach (var outcome in (string[])["remembered", "read", "outdated", "failed"])
        {
            _namespaceReads.WithLabels(outcome);
        }

        foreach (var outcome in (string[])["read", "failed"])
        {
            _rulesReads.WithLabels(outcome);
        }

        foreach (var step in (string[])["loaded", "issued", "announced", "promoted", "retired", "published", "conflict", "failed"])
        {
            _certificateSteps.WithLabels(step);
        }
    }

    public void Answered(Reason reason, TimeSpan elapsed)
    {
        _injections.WithLabels(Reason.Label(reason.Outcome), reason.Name).Inc();
        _duration.Observe(elapsed.TotalSeconds);
    }

    public void Malformed() => _malformed.Inc();

    public void NamespaceRead(string outcome) => _namespaceReads.WithLabels(outcome).Inc();

    public void RulesRead(string outcome) => _rulesReads.WithLabels(outcome).Inc();

    public void CertificateStep(string step) => _certificateSteps.WithLabels(step).Inc();

    public void CertificateServed(DateTimeOffset notAfter) => _certificateExpiry.Set(notAfter.ToUnixTimeSeconds());
}
