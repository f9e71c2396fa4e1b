using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Capture.Sinks;

internal enum EventKind
{
    /// <summary>Neither half of a call.</summary>
    Other,
    Request,
    Response,
}

/// <summary>One half of a call to a model, whichever way it came.</summary>
internal sealed record InferenceEvent
{
    public required EventKind Kind { get; init; }

    /// <summary>Hash of what CloudEvents calls the identity of an event (source, id and type), and of who reported it.</summary>
    public required ulong Identity { get; init; }

    /// <summary>The same for both halves of a call.</summary>
    public required string Call { get; init; }

    /// <summary>predictor, transformer, explainer; empty: not said.</summary>
    public required string Component { get; init; }

    /// <summary>The model as the event's attributes name it, for an answer that does not; empty: not said.</summary>
    public required string Model { get; init; }

    /// <summary>Who reported it; null: nobody, it was seen by the tap.</summary>
    public Caller? Caller { get; init; }

    /// <summary>When it happened; null: not said.</summary>
    public required DateTimeOffset? Time { get; init; }

    /// <summary>The sender says that the call failed.</summary>
    public required bool Failed { get; init; }

    /// <summary>May be a view of the body that carried the event.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}
