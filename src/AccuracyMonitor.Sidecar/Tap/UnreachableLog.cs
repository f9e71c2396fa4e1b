using AccuracyMonitor.Sidecar.Observability;
using Yarp.ReverseProxy.Forwarder;

namespace AccuracyMonitor.Sidecar.Tap;

/// <summary>
/// Says that calls do not get through to the model server: the first at once, then at most one line in each <see cref="Interval"/> with how many
/// there were, since every call of a busy service may fail at a time. Thread-safe.
/// </summary>
internal sealed class UnreachableLog(ILogger logger, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _count;
    private long _next = long.MinValue;

    /// <param name="upstream">Where the model server is.</param>
    /// <param name="error">What the forwarder calls it.</param>
    /// <param name="cause">Null: not known.</param>
    public void Write(Uri upstream, ForwarderError error, Exception? cause)
    {
        Interlocked.Increment(ref _count);
        var (now, next) = (time.GetUtcNow().Ticks, Interlocked.Read(ref _next));
        if (now >= next && Interlocked.CompareExchange(ref _next, now + Interval.Ticks, next) == next)
        {
            SidecarLog.Unreachable(logger, Interlocked.Exchange(ref _count, 0), upstream.ToString(), error, cause?.Message ?? "no more is known");
        }
    }
}
