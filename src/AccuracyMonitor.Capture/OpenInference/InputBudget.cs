namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Bounds the memory that the inputs of one request take when they are read: many small values take many times their bytes in the body.</summary>
internal sealed class InputBudget(long bytes)
{
    /// <summary>Of one object besides its content, about.</summary>
    public const int Part = 128;

    private long _left = bytes;

    public bool IsExceeded => _left < 0;

    /// <summary>Call it before the memory is taken.</summary>
    /// <exception cref="FormatException">The bound is exceeded.</exception>
    public void Charge(long more)
    {
        _left -= more;
        if (IsExceeded)
        {
            throw new FormatException("The inputs of the request take too much memory.");
        }
    }
}
