namespace AccuracyMonitor.Capture;

/// <summary>At most one log line in each interval, with how many events it stands for. Thread-safe.</summary>
internal sealed class LogLimiter(TimeProvider time, TimeSpan interval)
{
    private long _count;
    private long _next = long.MinValue;

    /// <summary>Counts one event.</summary>
    /// <returns>Events since the last line, this one included, when a line is due now; else 0.</returns>
    public long Count()
    {
        Interlocked.Increment(ref _count);
        var (now, next) = (time.GetUtcNow().Ticks, Interlocked.Read(ref _next));
        return now >= next && Interlocked.CompareExchange(ref _next, now + interval.Ticks, next) == next
            ? Interlocked.Exchange(ref _count, 0)
            : 0;
    }
}
