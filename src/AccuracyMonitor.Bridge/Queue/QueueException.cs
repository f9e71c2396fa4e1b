namespace AccuracyMonitor.Bridge.Queue;

/// <summary>A call to the sidecar or the hub failed.</summary>
/// <param name="message">Says which call, and why.</param>
/// <param name="ofItem">It concerns what was sent: calls for other items may succeed.</param>
/// <param name="inner">What the channel threw.</param>
internal sealed class QueueException(string message, bool ofItem, Exception inner) : Exception(message, inner)
{
    public bool OfItem { get; } = ofItem;
}
