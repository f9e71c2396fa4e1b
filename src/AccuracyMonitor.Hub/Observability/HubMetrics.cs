using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Hub.Observability;

/// <summary>Counts what the hub does and refuses.</summary>
internal sealed class HubMetrics(MetricRegistry registry) : IWorkerRestarts, IAccessMetrics
{
    private readonly CounterFamily _reports = registry.Counter(
        "hub_reports_total", "Reports by outcome: stored, superseded, not_owner, lost (the database was set back).", "outcome");

    private readonly CounterFamily _changes = registry.Counter("hub_changes_total", "Changes in stored reports, by kind.", "kind");
    private readonly CounterFamily _refused = registry.Counter("hub_refused_changes_total", "Changes that the hub never takes.");
    private readonly CounterFamily _errors = registry.Counter("hub_internal_errors_total", "Errors that nothing else describes, by kind.", "kind");
    private readonly CounterFamily _denied = registry.Counter("hub_denied_calls_total", "Calls refused to their caller, by reason.", "reason");
    private readonly CounterFamily _restarts = registry.Counter("hub_worker_restarts_total", "Workers started again after an exception.", "worker");

    /// <param name="outcome">Such as <c>stored</c>.</param>
    public void Reported(string outcome) => _reports.Of(outcome).Add(1);

    /// <param name="kind">What changed, such as <c>buckets</c>.</param>
    /// <param name="changes">How many changes one stored report had.</param>
    public void Changed(string kind, int changes) => _changes.Of(kind).Add(changes);

    public void Refused(long changes) => _refused.Of().Add(changes);

    public void InternalError(string kind) => _errors.Of(kind).Add(1);

    public void Restarted(string worker) => _restarts.Of(worker).Add(1);

    public void Denied(string reason) => _denied.Of(reason).Add(1);
}
