using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>A half-open time interval.</summary>
/// <param name="FromTicks">First tick, UTC.</param>
/// <param name="UntilTicks">First tick after it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimeStretch(long FromTicks, long UntilTicks)
{
    public bool Contains(DateTimeOffset time) => time.UtcTicks >= FromTicks && time.UtcTicks < UntilTicks;

    public TimeStretch Within(TimeStretch other) =>
        new(Math.Max(FromTicks, other.FromTicks), Math.Min(UntilTicks, other.UntilTicks));
}
