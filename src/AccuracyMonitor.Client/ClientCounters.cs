using System.Diagnostics.Metrics;

namespace AccuracyMonitor.Client;

/// <summary>What the client did, as a .NET meter (<see cref="MeterName"/>) and as plain numbers.</summary>
public sealed class ClientCounters : IDisposable
{
    public const string MeterName = "AccuracyMonitor.Client";

    private readonly Meter _meter = new(MeterName);
    private long _observed;
    private long _droppedFull;
    private long _droppedInvalid;
    private long _droppedDisconnected;
    private long _droppedRefused;
    private long _accepted;
    private long _rejected;
    private long _reconnects;

    internal ClientCounters(Func<int> queueLength)
    {
        _meter.CreateObservableCounter("accuracy_monitor.client.observed", () => Observed, "{prediction}", "Predictions handed to the client.");
        _meter.CreateObservableCounter(
            "accuracy_monitor.client.dropped",
            () => new Measurement<long>[]
            {
                new(DroppedFull, new KeyValuePair<string, object?>("reason", "queue_full")),
                new(DroppedInvalid, new KeyValuePair<string, object?>("reason", "invalid")),
                new(DroppedDisconnected, new KeyValuePair<string, object?>("reason", "connection_lost")),
                new(DroppedRefused, new KeyValuePair<string, object?>("reason", "refused")),
            },
            "{prediction}",
            "Predictions dropped, by reason.");
        _meter.CreateObservableCounter("accuracy_monitor.client.accepted", () => Accepted, "{prediction}", "Predictions the sidecar accepted.");
        _meter.CreateObservableCounter("accuracy_monitor.client.rejected", () => Rejected, "{prediction}", "Predictions the sidecar rejected as bad input.");
        _meter.CreateObservableCounter("accuracy_monitor.client.reconnects", () => Reconnects, "{connection}", "Connections made after the first.");
        _meter.CreateObservableGauge("accuracy_monitor.client.queue", queueLength, "{prediction}", "Predictions waiting to be sent.");
    }

    /// <summary>Predictions handed to the client, dropped ones included.</summary>
    public long Observed => Volatile.Read(ref _observed);

    /// <summary>Dropped because the queue was full.</summary>
    public long DroppedFull => Volatile.Read(ref _droppedFull);

    /// <summary>Dropped because the vector's length was not K, or the id empty or too long.</summary>
    public long DroppedInvalid => Volatile.Read(ref _droppedInvalid);

    /// <summary>Sent, and the connection was lost before the answer: the sidecar may or may not have them.</summary>
    public long DroppedDisconnected => Volatile.Read(ref _droppedDisconnected);

    /// <summary>Refused by the sidecar as a batch (overload, or a batch-level error).</summary>
    public long DroppedRefused => Volatile.Read(ref _droppedRefused);

    public long Accepted => Volatile.Read(ref _accepted);

    public long Rejected => Volatile.Read(ref _rejected);

    public long Reconnects => Volatile.Read(ref _reconnects);

    /// <summary>All that was dropped, whatever the reason.</summary>
    public long Dropped => DroppedFull + DroppedInvalid + DroppedDisconnected + DroppedRefused;

    public void Dispose() => _meter.Dispose();

    internal void CountObserved() => Interlocked.Increment(ref _observed);

    internal void CountFull() => Interlocked.Increment(ref _droppedFull);

    internal void CountInvalid() => Interlocked.Increment(ref _droppedInvalid);

    internal void CountDisconnected(int n) => Interlocked.Add(ref _droppedDisconnected, n);

    internal void CountRefused(int n) => Interlocked.Add(ref _droppedRefused, n);

    internal void CountAnswered(uint accepted, uint rejected)
    {
        Interlocked.Add(ref _accepted, accepted);
        Interlocked.Add(ref _rejected, rejected);
    }

    internal void CountReconnect() => Interlocked.Increment(ref _reconnects);
}
