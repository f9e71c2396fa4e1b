using System.Runtime.InteropServices;

namespace AccuracyMonitor.Hub.Reports;

/// <summary>Which times of predictions are taken: within what is kept, and not much later than now, as a source's clock may be ahead.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TimeLimits(DateTimeOffset Now, TimeSpan Retention)
{
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    public DateTimeOffset Earliest => Now - Retention;

    public DateTimeOffset Latest => Now + Ahead;

    public bool Take(DateTimeOffset time) => time >= Earliest && time <= Latest;
}
