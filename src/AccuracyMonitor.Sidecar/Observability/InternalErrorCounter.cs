using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Counts errors that are the sidecar's own: each is a defect, and an alert.</summary>
internal sealed class InternalErrorCounter : IWorkerRestarts
{
    private static readonly string[] Kinds = ["call", "batch", "scoring", "estimation", "worker"];

    private readonly CounterFamily _errors;

    public InternalErrorCounter(MetricRegistry registry)
    {
        _errors = registry.Counter("internal_errors_total", "Errors of the sidecar itself, by where they were met; each is a defect.", "kind");
        foreach (var kind in Kinds)
        {
            _errors.Of(kind);
        }
    }

    /// <param name="kind">One of call, batch, scoring, estimation, worker.</param>
    public void Count(string kind) => _errors.Of(kind).Add(1);

    void IWorkerRestarts.Restarted(string worker) => Count("worker");
}
