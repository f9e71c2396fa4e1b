using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>What the sink for logged calls saw.</summary>
internal sealed class SinkMetrics
{
    private readonly Counter _events;
    private readonly Counter _unpaired;
    private readonly Counter _tee;

    public SinkMetrics(MetricFactory make)
    {
        _events = make.Counter("sink_events_total", "Events that came to the sink, by outcome: request, response, duplicate (a redelivery), ignored (another type or component), unreadable, dropped.", "outcome");
        _unpaired = make.Counter("sink_unpaired_total", "Halves of calls given up because the other half did not come in time or there was no room, by kind (request, response).", "kind");
        _tee = make.Counter("sink_tee_events_total", "Events for the sink behind this one, by outcome: sent, failed, dropped.", "outcome");
        foreach (var outcome in (string[])["request", "response", "duplicate", "ignored", "unreadable", "dropped"])
        {
            _events.WithLabels(outcome);
        }

        foreach (var outcome in (string[])["sent", "failed", "dropped"])
        {
            _tee.WithLabels(outcome);
        }

        _unpaired.WithLabels("request");
        _unpaired.WithLabels("response");
    }

    public void Events(string outcome, int count) => _events.WithLabels(outcome).Inc(count);

    public void Unpaired(bool isRequest) => _unpaired.WithLabels(isRequest ? "request" : "response").Inc();

    public void Tee(string outcome, int count) => _tee.WithLabels(outcome).Inc(count);
}
