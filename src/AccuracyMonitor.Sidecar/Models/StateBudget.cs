namespace AccuracyMonitor.Sidecar.Models;

/// <summary>Bytes of state that all model versions may have together. Thread-safe.</summary>
/// <param name="total">Bytes.</param>
internal sealed class StateBudget(long total)
{
    private long _held;

    public long Total => total;

    public long Held => Volatile.Read(ref _held);

    /// <returns>False if the bytes are not available; nothing was taken.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= total)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _held, -bytes);
}
