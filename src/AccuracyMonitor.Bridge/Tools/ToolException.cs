namespace AccuracyMonitor.Bridge.Tools;

internal enum ToolFailure
{
    /// <summary>No answer, or one that says to come back later: whether the call had an effect is unknown.</summary>
    Unavailable,

    /// <summary>The tool understood the call and refused its content; it had no effect.</summary>
    Refused,

    /// <summary>The tool does not have it.</summary>
    NotFound,

    /// <summary>The token is not accepted, or may not do this.</summary>
    Denied,
}

/// <summary>A call to the labelling tool failed. The message has neither payload nor token.</summary>
internal sealed class ToolException : Exception
{
    public ToolException(ToolFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public ToolFailure Failure { get; }

    /// <summary>How long the tool asks to wait; null: it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
