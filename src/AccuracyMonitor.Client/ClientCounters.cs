using System.Diagnostics.Metrics;

namespace AccuracyMonitor.Client;

/// <summary>
/// What the client did, as a .NET meter (<see cref="MeterName"/>; every measurement is tagged with the model and its version) and as plain
/// numbers.
/// </summary>
public sealed class ClientCounters : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "AccuracyMonitor.Client";

    private readonly Meter _meter = new(MeterName);
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Func<long> _taken;

    // Handed over and never in the ring. What was in it is the ring's to know: one shared number less for every serving thread to write.
    private long _notTaken;
    private long _droppedFull;
    private long _droppedInvalid;
    private long _droppedUnreadable;
    private long _droppedDisconnected;
    private long _droppedRefused;
    private long _droppedClosed;
    private long _accepted;
    private long _rejected;
    private long _reconnects;
    private long _labelRequestsMissed;
    private long _inputsAttached;
    private long _inputsDropped;

    internal ClientCounters(string model, string version, Func<long> taken, Func<int> queueLength)
    {
        _taken = taken;
        _tags = [new("model", model), new("version", version)];
        Count("observed", "{prediction}", "Predictions handed to the client.", () => Observed);
        _meter.CreateObservableCounter("accuracy_monitor.client.dropped", Drops, "{prediction}", "Predictions dropped, by reason.");
        Count("accepted", "{prediction}", "Predictions the sidecar accepted.", () => Accepted);
        Count("rejected", "{prediction}", "Predictions the sidecar rejected as bad input.", () => Rejected);
        Count("reconnects", "{connection}", "Connections made after the first.", () => Reconnects);
        Count("label_requests_missed", "{request}", "Label requests that a reader of the stream was too slow for.", () => LabelRequestsMissed);
        Count("inputs_attached", "{input}", "Inputs that the sidecar has stored.", () => InputsAttached);
        Count("inputs_dropped", "{input}", "Inputs that were not held any more, could not be sent, or were refused by the sidecar.", () => InputsDropped);
        _meter.CreateObservableGauge(
            "accuracy_monitor.client.queue", () => new Measurement<int>(queueLength(), _tags), "{prediction}", "Predictions waiting to be sent.");
    }

    /// <summary>Predictions handed to the client, dropped ones included.</summary>
    public long Observed => Volatile.Read(ref _notTaken) + _taken();

    /// <summary>Dropped because the queue was full.</summary>
    public long DroppedFull => Volatile.Read(ref _droppedFull);

    /// <summary>Dropped because the vector's length was not K, or the id empty or too long.</summary>
    public long DroppedInvalid => Volatile.Read(ref _droppedInvalid);

    /// <summary>Dropped because the chosen output of a model was not asked for, or is not N rows of K numbers in this process's memory.</summary>
    public long DroppedUnreadable => Volatile.Read(ref _droppedUnreadable);

    /// <summary>Sent, and the connection was lost before the answer: the sidecar may or may not have them.</summary>
    public long DroppedDisconnected => Volatile.Read(ref _droppedDisconnected);

    /// <summary>Refused by the sidecar as a batch (overload, or a batch-level error).</summary>
    public long DroppedRefused => Volatile.Read(ref _droppedRefused);

    /// <summary>Handed over after the client was closed, or still queued when it was and could not be sent.</summary>
    public long DroppedClosed => Volatile.Read(ref _droppedClosed);

    /// <summary>Predictions that the sidecar accepted, duplicates included.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Predictions that the sidecar rejected as bad input.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Connections made, or tried, after the first.</summary>
    public long Reconnects => Volatile.Read(ref _reconnects);

    /// <summary>Label requests that a reader of <see cref="MonitorClient.LabelRequests"/> was too slow for.</summary>
    public long LabelRequestsMissed => Volatile.Read(ref _labelRequestsMissed);

    /// <summary>Inputs that the sidecar has stored.</summary>
    public long InputsAttached => Volatile.Read(ref _inputsAttached);

    /// <summary>Inputs that were not held any more, could not be sent, or were refused by the sidecar.</summary>
    public long InputsDropped => Volatile.Read(ref _inputsDropped);

    /// <summary>All predictions that were dropped, whatever the reason.</summary>
    public long Dropped => DroppedFull + DroppedInvalid + DroppedUnreadable + DroppedDisconnected + DroppedRefused + DroppedClosed;

    /// <summary>What was dropped, under the meter's names of the reasons.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> DroppedByReason() =>
    [
        new("queue_full", DroppedFull),
        new("invalid", DroppedInvalid),
        new("unreadable_output", DroppedUnreadable),
        new("connection_lost", DroppedDisconnected),
        new("refused", DroppedRefused),
        new("closed", DroppedClosed),
    ];

    /// <summary>Ends the meter; the numbers can still be read.</summary>
    public void Dispose() => _meter.Dispose();

    /// <summary>The oldest made room in a full ring.</summary>
    internal void CountOldest() => Interlocked.Increment(ref _droppedFull);

    /// <summary>The ring was full and the oldest could not be let go.</summary>
    internal void CountNoRoom() => CountNotTaken(ref _droppedFull);

    internal void CountInvalid() => CountNotTaken(ref _droppedInvalid);

    /// <summary>Handed over after the client was closed.</summary>
    internal void CountLate() => CountNotTaken(ref _droppedClosed);

    internal void CountUnreadable(int n) => CountNotTaken(ref _droppedUnreadable, n);

    internal void CountDisconnected(int n) => Interlocked.Add(ref _droppedDisconnected, n);

    internal void CountRefused(int n) => Interlocked.Add(ref _droppedRefused, n);

    internal void CountClosed(int n) => Interlocked.Add(ref _droppedClosed, n);

    internal void CountAnswered(uint accepted, uint rejected)
    {
        Interlocked.Add(ref _accepted, accepted);
        Interlocked.Add(ref _rejected, rejected);
    }

    internal void CountReconnect() => Interlocked.Increment(ref _reconnects);

    internal void CountLabelRequestsMissed() => Interlocked.Increment(ref _labelRequestsMissed);

    internal void CountInputAttached() => Interlocked.Increment(ref _inputsAttached);

    internal void CountInputDropped() => Interlocked.Increment(ref _inputsDropped);

    private void CountNotTaken(ref long reason, int n = 1)
    {
        Interlocked.Add(ref _notTaken, n);
        Interlocked.Add(ref reason, n);
    }

    private void Count(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableCounter($"accuracy_monitor.client.{name}", () => new Measurement<long>(read(), _tags), unit, description);

    private IEnumerable<Measurement<long>> Drops() => DroppedByReason().Select(d => new Measurement<long>(d.Value, [.. _tags, new("reason", d.Key)]));
}
