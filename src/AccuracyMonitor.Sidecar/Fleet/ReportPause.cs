using System.Security.Cryptography;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>When the next report may be sent: at once, or after a pause that grows with each failure. The pause is random, so that the sidecars of a hub that
/// returns do not all call at the same moment.</summary>
internal sealed class ReportPause(TimeProvider time)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>First pause after a failure that a person must mend, such as a refused token. The token is read again before the next report.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    /// <summary>Pause after the hub did not know the call. It is an older version until somebody replaces it.</summary>
    public static readonly TimeSpan Unimplemented = TimeSpan.FromHours(1);

    private int _failures;
    private long _from;
    private TimeSpan _length;

    public bool IsOver => time.GetElapsedTime(_from) >= _length;

    /// <param name="status">Status of the call that failed.</param>
    /// <param name="asked">The pause that the hub asks for; null if it asks for none.</param>
    public TimeSpan Failed(StatusCode status, TimeSpan? asked)
    {
        // Not seeded: no result depends on it, unlike the coin of the sampling.
        var draw = RandomNumberGenerator.GetInt32(1000) / 1000.0;
        var longest = Bound(status, _failures++);
        var pause = status == StatusCode.Unimplemented ? longest : longest * draw;
        var bounded = asked > Unimplemented ? Unimplemented : asked ?? TimeSpan.Zero;
        (_from, _length) = (time.GetTimestamp(), bounded > pause ? bounded : pause);
        return _length;
    }

    public void Succeeded() => (_failures, _length) = (0, TimeSpan.Zero);

    /// <summary>The longest pause after a failure, given the number of failures before it.</summary>
    public static TimeSpan Bound(StatusCode status, int failures)
    {
        if (status == StatusCode.Unimplemented)
        {
            return Unimplemented;
        }

        var first = IsRetried(status) ? Shortest : Slow;
        var doubled = first * Math.Pow(2, Math.Min(failures, 20));
        return doubled > Longest ? Longest : doubled;
    }

    /// <summary>Whether the same report may succeed soon.</summary>
    public static bool IsRetried(StatusCode status) =>
        status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted or StatusCode.Aborted;
}
