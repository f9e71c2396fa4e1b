namespace AccuracyMonitor.Capture;

/// <summary>Bytes that may be held at a time, over all callers. Thread-safe.</summary>
internal sealed class ByteBudget(long limit) : IHeldBytes
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    /// <returns>False if the bytes are not available; nothing was taken.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _held, -bytes);
}
