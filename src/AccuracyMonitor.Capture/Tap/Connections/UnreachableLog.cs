namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>Logs that callers' connections do not reach the model server: the first at once, then at most one line in each <see cref="Interval"/>.
/// Thread-safe.</summary>
internal sealed class UnreachableLog(ILogger logger, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly LogLimiter _limiter = new(time, Interval);

    /// <param name="upstream">Where the model server is.</param>
    /// <param name="cause">Why it was not reached.</param>
    public void Write(Uri upstream, string cause)
    {
        if (_limiter.Count() is > 0 and var count)
        {
            CaptureLog.Unreachable(logger, count, upstream.ToString(), cause);
        }
    }
}
