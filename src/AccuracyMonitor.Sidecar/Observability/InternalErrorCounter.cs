using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Counts errors that are the sidecar's own: each is a defect, and an alert.</summary>
internal sealed class InternalErrorCounter : IWorkerRestarts
{
    private static readonly string[] Kinds =
        ["call", "http", "batch", "scoring", "requests", "estimation", "adaptation", "monitor", "capture", "background", "worker"];

    private readonly CounterFamily _errors;

    public InternalErrorCounter(MetricRegistry registry)
    {
        _errors = registry.Counter("internal_errors_total", "Errors of the sidecar itself, by where they were met; each is a defect.", "kind");
        foreach (var kind in Kinds)
        {
            _errors.Of(kind);
        }
    }

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="count">Errors.</param>
    public void Count(string kind, long count = 1) => _errors.Of(kind).Add(count);

    void IWorkerRestarts.Restarted(string worker) => Count("worker");
}
