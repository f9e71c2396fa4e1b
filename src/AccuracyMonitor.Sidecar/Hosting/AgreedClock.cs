using System.Runtime.InteropServices;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// The time by which requests expire and stored data is deleted. The wall clock is believed as long as it advances as the monotonic clock does. When
/// it jumps, time goes on from before the jump by the monotonic clock, until the wall clock has kept its new course for <see cref="Grace"/>.
/// Safe for many callers.
/// </summary>
internal sealed class AgreedClock
{
    /// <summary>How far the clocks may part within <see cref="Grace"/>: more than a time service slews.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How long a new course of the wall clock must last before it is believed: the time in which a wrong clock can be set right.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _agreedSince;
    private Course _believed;
    private Course? _jumped;
    private long _corrections;

    public AgreedClock(TimeProvider time)
    {
        _time = time;
        _agreedSince = time.GetTimestamp();
        _believed = new Course(time.GetUtcNow(), _agreedSince);
    }

    /// <summary>The clock whose two readings are compared.</summary>
    public TimeProvider Time => _time;

    public AgreedTime Read()
    {
        lock (_gate)
        {
            var (wall, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
            if (IsOn(_believed, wall, stamp))
            {
                if (_jumped is not null)
                {
                    // Came back.
                    (_jumped, _agreedSince) = (null, stamp);
                }

                var agreedFor = _time.GetElapsedTime(_agreedSince, stamp);
                if (_time.GetElapsedTime(_believed.Stamp, stamp) >= Grace)
                {
                    // Follows a clock that is slightly fast or slow, at most by the tolerance in each grace time.
                    _believed = new Course(wall, stamp);
                }

                return new AgreedTime(wall, TimeSpan.Zero, agreedFor, _corrections);
            }

            if (_jumped is not { } jumped || !IsOn(jumped, wall, stamp))
            {
                _jumped = jumped = new Course(wall, stamp);
            }

            if (_time.GetElapsedTime(jumped.Stamp, stamp) >= Grace)
            {
                (_believed, _jumped, _agreedSince) = (new Course(wall, stamp), null, jumped.Stamp);
                return new AgreedTime(wall, TimeSpan.Zero, _time.GetElapsedTime(_agreedSince, stamp), ++_corrections);
            }

            var expected = At(_believed, stamp);
            return new AgreedTime(expected, wall - expected, TimeSpan.Zero, _corrections);
        }
    }

    private DateTimeOffset At(Course course, long stamp) => course.Wall + _time.GetElapsedTime(course.Stamp, stamp);

    private bool IsOn(Course course, DateTimeOffset wall, long stamp) => (wall - At(course, stamp)).Duration() <= Tolerance;

    /// <summary>Both clocks, read at one moment.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Course(DateTimeOffset Wall, long Stamp);
}

/// <param name="Now">The time to act by.</param>
/// <param name="Jump">How far the wall clock has jumped away from it; zero: the clocks agree.</param>
/// <param name="AgreedFor">How long the clocks have been watched in agreement; zero while they do not agree.</param>
/// <param name="Corrections">How many jumps have been believed so far, since the process started.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AgreedTime(DateTimeOffset Now, TimeSpan Jump, TimeSpan AgreedFor, long Corrections)
{
    public bool Agreed => Jump == TimeSpan.Zero;
}
