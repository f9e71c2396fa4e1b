using AccuracyMonitor.Capture.OpenInference;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>Finds the calls for predictions among those that pass a port. Thread-safe.</summary>
internal sealed class ReadCalls(TapProtocol protocol, TapOptions options, TapQueue queue)
{
    private readonly IReadOnlyList<string> _idHeaders = options.EffectiveIdHeaders;

    /// <summary>Of what is held of the connections.</summary>
    public ByteBudget Budget => queue.Budget;

    /// <summary>A defect of ours ended the reading of a connection.</summary>
    public void Failed(Exception exception) => queue.Failed(exception);

    public TapRequest NewRequest() => new(_idHeaders);

    /// <returns>Null if there is nothing to read in its answer.</returns>
    public ReadCall? Of(TapRequest request)
    {
        var call = TapCall.Of(request, protocol, out var failure);
        if (failure != CaptureFailure.None)
        {
            queue.Counts.CaptureFailed(failure);
        }

        // Which message of a stream an answer belongs to is not said.
        if (call is { IsStreamed: false })
        {
            call.Request = queue.Inputs?.Begin();
        }

        return call is null ? null : new ReadCall(call, queue, returnsId: !options.IdFromAnswer);
    }
}
