namespace AccuracyMonitor.Bridge.Queue;

/// <summary>A call to the sidecar or the hub failed.</summary>
/// <param name="message">Says which call, and why.</param>
/// <param name="refused">What was sent is wrong: another try of the same will fail too.</param>
/// <param name="inner">What the channel threw.</param>
internal sealed class QueueException(string message, bool refused, Exception inner) : Exception(message, inner)
{
    public bool Refused { get; } = refused;
}
