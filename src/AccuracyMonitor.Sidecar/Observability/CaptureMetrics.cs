using AccuracyMonitor.Capture;
using AccuracyMonitor.Hosting.Metrics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>What the tap and the sink count.</summary>
internal sealed class CaptureMetrics : ICaptureMetrics
{
    private readonly CounterFamily _captured;
    private readonly CounterFamily _failures;
    private readonly CounterFamily _events;
    private readonly CounterFamily _truths;
    private readonly CounterFamily _unpaired;
    private readonly CounterFamily _tee;
    private readonly CounterFamily _calls;
    private readonly CounterFamily _refused;
    private readonly InternalErrorCounter _errors;

    public CaptureMetrics(MetricRegistry registry, CounterFamily refused, InternalErrorCounter errors)
    {
        (_refused, _errors) = (refused, errors);
        _captured = registry.Counter("captured_total", "Predictions read out of the traffic of a model server, by source.", "source");
        _failures = registry.Counter(
            "capture_failures_total", "Answers of a model server that could not be read as predictions, by source and reason.", "source", "reason");
        _events = registry.Counter(
            "sink_events_total",
            "Events that came to the sink, by outcome: request, response, truth, duplicate (a redelivery), ignored (another type or component), unreadable, "
                + "dropped.",
            "outcome");
        _truths = registry.Counter(
            "sink_truths_total",
            "Truths that came to the sink, by outcome: ok, unchanged, replaced, kept_apart (the prediction was not chosen for labelling), not_found, "
                + "label_out_of_range, invalid, refused (the caller may not, or the store did not take it; the sender tries again).", "outcome");
        _unpaired = registry.Counter("sink_unpaired_total",
            "Halves of calls given up because the other half did not come in time or there was no room, by kind (request, response).", "kind");
        _tee = registry.Counter("sink_tee_events_total", "Events for the sink behind this one, by outcome: sent, failed, dropped.", "outcome");
        _calls = registry.Counter(
            "tap_calls_total",
            "Calls for predictions that went through the tap, by protocol (grpc, rest) and outcome: answered, failed (the model server said so), unreachable, "
                + "cancelled (the caller went away), unread (the connection passes unread).", "protocol", "outcome");
        foreach (var source in (string[])["sink", "tap"])
        {
            _captured.Of(source);
            _failures.Of(source, "queue_full");
        }

        foreach (var outcome in (string[])["request", "response", "truth", "duplicate", "ignored", "unreadable", "dropped"])
        {
            _events.Of(outcome);
        }

        foreach (var outcome in (string[])["ok", "unchanged", "replaced", "kept_apart", "not_found", "label_out_of_range", "invalid", "refused"])
        {
            _truths.Of(outcome);
        }

        foreach (var outcome in (string[])["sent", "failed", "dropped"])
        {
            _tee.Of(outcome);
        }

        _unpaired.Of("request");
        _unpaired.Of("response");
        foreach (var protocol in (string[])["grpc", "rest"])
        {
            foreach (var outcome in (string[])["answered", "failed", "unreachable", "cancelled", "unread"])
            {
                _calls.Of(protocol, outcome);
            }
        }
    }

    public void Captured(string source, int rows) => _captured.Of(source).Add(rows);

    public void CaptureFailed(string source, string reason, long count) => _failures.Of(source, reason).Add(count);

    public void Defects(long count) => _errors.Count("capture", count);

    public void TapCalls(string protocol, string outcome, long count) => _calls.Of(protocol, outcome).Add(count);

    public void ConnectionsRefused(long count) => _refused.Of(RefusalReasons.Connections).Add(count);

    public void SinkEvents(string outcome, int count) => _events.Of(outcome).Add(count);

    public void SinkTruths(string outcome, int count) => _truths.Of(outcome).Add(count);

    public void SinkUnpaired(bool isRequest) => _unpaired.Of(isRequest ? "request" : "response").Add(1);

    public void SinkTee(string outcome, int count) => _tee.Of(outcome).Add(count);
}
