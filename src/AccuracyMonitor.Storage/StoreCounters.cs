namespace AccuracyMonitor.Storage;

/// <summary>What the store has done since it was opened: monotone counts, apart from the two that say what waits now. Safe to read from any thread.</summary>
public sealed class StoreCounters
{
    private long _refused;
    private long _completed;
    private long _failed;
    private long _commits;
    private long _quarantines;
    private long _waiting;
    private long _waitingBytes;

    /// <summary>Write operations refused because the queue was full.</summary>
    public long WritesRefused => Interlocked.Read(ref _refused);

    /// <summary>Write operations acknowledged after their commit.</summary>
    public long WritesCompleted => Interlocked.Read(ref _completed);

    /// <summary>Write operations that ended with an error or were cancelled while they waited.</summary>
    public long WritesFailed => Interlocked.Read(ref _failed);

    /// <summary>Transactions committed. <see cref="WritesCompleted"/> over this is the mean size of a group.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Damaged databases set aside.</summary>
    public long Quarantines => Interlocked.Read(ref _quarantines);

    /// <summary>Write operations that wait now or are being committed.</summary>
    public long WritesWaiting => Interlocked.Read(ref _waiting);

    /// <summary>Bytes of the operations that wait now or are being committed.</summary>
    public long BytesWaiting => Interlocked.Read(ref _waitingBytes);

    internal bool TryReserve(long bytes, StoreOptions limits)
    {
        var waiting = Interlocked.Increment(ref _waiting);
        var waitingBytes = Interlocked.Add(ref _waitingBytes, bytes);
        if (waiting <= limits.MaxQueuedWrites && (waitingBytes <= limits.MaxQueuedBytes || waiting == 1))
        {
            return true;
        }

        Release(bytes);
        Interlocked.Increment(ref _refused);
        return false;
    }

    internal void Finished(long bytes, bool success)
    {
        Release(bytes);
        Interlocked.Increment(ref success ? ref _completed : ref _failed);
    }

    internal void Committed() => Interlocked.Increment(ref _commits);

    internal void Quarantined() => Interlocked.Increment(ref _quarantines);

    private void Release(long bytes)
    {
        Interlocked.Decrement(ref _waiting);
        Interlocked.Add(ref _waitingBytes, -bytes);
    }
}
