namespace AccuracyMonitor.Hosting;

/// <summary>What a loop says about its own work, for those who ask whether it gets done. Safe for many threads.</summary>
public sealed class WorkProgress
{
    private long _finished;
    private int _running;
    private string? _error;

    /// <summary>Pieces of work that have ended, well or not.</summary>
    public long Finished => Interlocked.Read(ref _finished);

    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <summary>Why the last piece of work failed; null: it did not fail.</summary>
    public string? Error => Volatile.Read(ref _error);

    public void Begin() => Volatile.Write(ref _running, 1);

    /// <param name="error">Why the work failed; null: it did not.</param>
    public void End(string? error = null)
    {
        Volatile.Write(ref _error, error);
        Volatile.Write(ref _running, 0);
        Interlocked.Increment(ref _finished);
    }
}
