using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>How a call ended.</summary>
internal enum CallOutcome
{
    Answered,

    /// <summary>The model server said that it failed.</summary>
    Failed,

    /// <summary>The model server was not reached, or broke off.</summary>
    Unreachable,

    /// <summary>The caller went away.</summary>
    Cancelled,

    /// <summary>The bytes of its connection pass unread from here on: not the protocol of the port, no room to read it, or a defect of ours.</summary>
    Unread,
}

/// <summary>Counts of the tap until the metrics take them: bytes pass before there are metrics, and while monitoring can't start. Thread-safe.</summary>
internal sealed class TapCounts
{
    private static readonly CallOutcome[] Outcomes = Enum.GetValues<CallOutcome>();
    private static readonly CaptureFailure[] All = Enum.GetValues<CaptureFailure>();

    private readonly long[] _failures = new long[All.Length];
    private readonly long[] _calls = new long[2 * Outcomes.Length];

    private long _refused;

    public void ConnectionRefused() => Interlocked.Increment(ref _refused);

    public void CaptureFailed(CaptureFailure failure) => Interlocked.Increment(ref _failures[(int)failure]);

    public void Call(TapProtocol protocol, CallOutcome outcome) => Interlocked.Increment(ref _calls[((int)protocol * Outcomes.Length) + (int)outcome]);

    /// <summary>Moves what has been counted since the last time.</summary>
    public void MoveTo(ICaptureMetrics metrics)
    {
        foreach (var failure in All)
        {
            if (Interlocked.Exchange(ref _failures[(int)failure], 0) is > 0 and var count)
            {
                metrics.CaptureFailed(TapWorker.Source, failure.Reason(), count);
                if (failure == CaptureFailure.DecoderFailed)
                {
                    metrics.Defects(count);
                }
            }
        }

        if (Interlocked.Exchange(ref _refused, 0) is > 0 and var refused)
        {
            metrics.ConnectionsRefused(refused);
        }

        for (var i = 0; i < _calls.Length; i++)
        {
            if (Interlocked.Exchange(ref _calls[i], 0) is > 0 and var count)
            {
                metrics.TapCalls(Label((TapProtocol)(i / Outcomes.Length)), Label(Outcomes[i % Outcomes.Length]), count);
            }
        }
    }

    private static string Label<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
