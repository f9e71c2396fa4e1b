using AccuracyMonitor.Capture.Bodies;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>A call for predictions whose answer is read while it passes.</summary>
internal sealed class ReadCall
{
    private readonly TapCall _call;
    private readonly TapQueue _queue;

    /// <param name="call">On its way.</param>
    /// <param name="queue">Gets the copies of its answer.</param>
    /// <param name="returnsId">The caller is told its id.</param>
    public ReadCall(TapCall call, TapQueue queue, bool returnsId)
    {
        (_call, _queue) = (call, queue);
        IdToReturn = returnsId ? call.Id : null;
        Copy = call.Protocol == TapProtocol.Grpc ? new GrpcAnswerCopy(call, Head, queue) : new RestAnswerCopy(call, Head, queue);
    }

    /// <summary>Null: the body of the request is not held.</summary>
    public HeldRequest? Request => _call.Request;

    public AnswerHead Head { get; } = new();

    public AnswerCopy Copy { get; }

    /// <summary>Null if the id is not returned to the caller.</summary>
    public string? IdToReturn { get; }

    /// <summary>Of an answer that came to its end.</summary>
    public CallOutcome Outcome =>
        Head.Status == StatusCodes.Status200OK && (_call.Protocol == TapProtocol.Rest || Head.GrpcStatus == "0") ? CallOutcome.Answered : CallOutcome.Failed;

    public void Complete(CallOutcome outcome)
    {
        Copy.Complete(outcome);
        if (outcome != CallOutcome.Answered)
        {
            Request?.Release();
        }

        _queue.Counts.Call(_call.Protocol, outcome);
    }
}
