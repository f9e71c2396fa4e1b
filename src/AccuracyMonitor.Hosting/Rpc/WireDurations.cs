using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Hosting.Rpc;

/// <summary>Durations as they come on the wire, where any seconds and nanoseconds may stand.</summary>
public static class WireDurations
{
    /// <returns>Null if it is not normalised (nanoseconds of another sign than the seconds, or a whole second of them), or beyond ten thousand years.</returns>
    public static TimeSpan? ToTimeSpan(Duration duration)
    {
        var (seconds, nanos) = (duration.Seconds, duration.Nanos);
        var normalised = seconds is >= Duration.MinSeconds and <= Duration.MaxSeconds
            && nanos is > -Duration.NanosecondsPerSecond and < Duration.NanosecondsPerSecond
            && (seconds == 0 || nanos == 0 || seconds < 0 == nanos < 0);
        return normalised ? duration.ToTimeSpan() : null;
    }

    public static string Describe(Duration duration) =>
        duration.Nanos == 0 ? $"{duration.Seconds} s" : $"{duration.Seconds} s and {duration.Nanos} ns";
}
