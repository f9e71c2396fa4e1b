namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>What the sink for logged calls saw.</summary>
internal sealed class SinkMetrics
{
    private readonly CounterFamily _events;
    private readonly CounterFamily _unpaired;
    private readonly CounterFamily _tee;

    public SinkMetrics(MetricRegistry registry)
    {
        _events = registry.Counter("sink_events_total", "Events that came to the sink, by outcome: request, response, duplicate (a redelivery), ignored (another type or component), unreadable, dropped.", "outcome");
        _unpaired = registry.Counter("sink_unpaired_total", "Halves of calls given up because the other half did not come in time or there was no room, by kind (request, response).", "kind");
        _tee = registry.Counter("sink_tee_events_total", "Events for the sink behind this one, by outcome: sent, failed, dropped.", "outcome");
        foreach (var outcome in (string[])["request", "response", "duplicate", "ignored", "unreadable", "dropped"])
        {
            _events.Of(outcome);
        }

        foreach (var outcome in (string[])["sent", "failed", "dropped"])
        {
            _tee.Of(outcome);
        }

        _unpaired.Of("request");
        _unpaired.Of("response");
    }

    public void Events(string outcome, int count) => _events.Of(outcome).Add(count);

    public void Unpaired(bool isRequest) => _unpaired.Of(isRequest ? "request" : "response").Add(1);

    public void Tee(string outcome, int count) => _tee.Of(outcome).Add(count);
}
