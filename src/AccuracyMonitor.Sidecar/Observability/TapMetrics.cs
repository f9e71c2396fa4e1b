using AccuracyMonitor.Sidecar.Tap;
using Prometheus;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>What went through the tap.</summary>
internal sealed class TapMetrics
{
    private readonly Counter _calls;

    public TapMetrics(MetricFactory make)
    {
        _calls = make.Counter("tap_calls_total", "Calls for predictions that went through the tap, by protocol (grpc, rest) and outcome: answered, failed (the model server said so), unreachable, cancelled (the caller went away).", "protocol", "outcome");
        foreach (var protocol in Enum.GetValues<TapProtocol>())
        {
            foreach (var outcome in Enum.GetValues<CallOutcome>())
            {
                Calls(protocol, outcome, 0);
            }
        }
    }

    public void Calls(TapProtocol protocol, CallOutcome outcome, long count) => _calls.WithLabels(Label(protocol), Label(outcome)).Inc(count);

    private static string Label<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
