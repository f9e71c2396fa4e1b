namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>What went through the tap.</summary>
internal sealed class TapMetrics
{
    private readonly CounterFamily _calls;

    public TapMetrics(MetricRegistry registry)
    {
        _calls = registry.Counter("tap_calls_total", "Calls for predictions that went through the tap, by protocol (grpc, rest) and outcome: answered, failed (the model server said so), unreachable, cancelled (the caller went away).", "protocol", "outcome");
        foreach (var protocol in (string[])["grpc", "rest"])
        {
            foreach (var outcome in (string[])["answered", "failed", "unreachable", "cancelled"])
            {
                _calls.Of(protocol, outcome);
            }
        }
    }

    public void Calls(string protocol, string outcome, long count) => _calls.Of(protocol, outcome).Add(count);
}
