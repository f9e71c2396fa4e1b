namespace AccuracyMonitor.Capture;

/// <summary>A body shared by those who still need it; the last one to let go gives its bytes back to the budget.</summary>
/// <param name="bytes">May be longer than the body.</param>
/// <param name="length">Of the body.</param>
/// <param name="budget">From which the whole of <paramref name="bytes"/> was taken.</param>
internal sealed class PooledBody(byte[] bytes, int length, IHeldBytes budget)
{
    private int _holders = 1;
    private long _more;

    public ReadOnlyMemory<byte> Memory { get; } = bytes.AsMemory(0, length);

    /// <summary>Takes bytes of the budget for what is kept with the body, until the body is released. Only while there is one holder.</summary>
    /// <returns>False if the bytes are not available.</returns>
    public bool TryHoldMore(long more)
    {
        if (!budget.TryTake(more))
        {
            return false;
        }

        _more += more;
        return true;
    }

    /// <summary>For a further holder; only while the caller is one.</summary>
    public void Share() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            budget.Return(bytes.Length + _more);
        }
    }
}
