using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// Numbers the buckets of one sliding window by time ÷ width, so that two times never share a bucket, however the clock jumps. Live are the
/// numbers from <c>bucketsPerWindow</c> before the present one to one after it, because a client's clock may be slightly ahead. There are
/// exactly as many live numbers as slots, so a slot that holds another number is no longer live and may be reused. Slots are reused one at
/// a time and only when data arrives, so a clock that jumps by days and comes back loses only the buckets written in between.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct BucketScale(TimeSpan window, int bucketsPerWindow)
{
    /// <summary>Number of a slot that was never written.</summary>
    public const long Empty = -1;

    private readonly long _width = (window.Ticks + bucketsPerWindow - 1) / bucketsPerWindow;

    public TimeSpan Window { get; } = window;

    public TimeSpan Width => TimeSpan.FromTicks(_width);

    public int SlotCount => bucketsPerWindow + 2;

    /// <summary>Computes the bucket of a time; false if it is not live.</summary>
    public bool TryLocate(DateTimeOffset time, DateTimeOffset now, out long bucket)
    {
        bucket = IndexOf(time);
        var present = now.UtcTicks / _width;
        return bucket <= present + 1 && bucket >= present - bucketsPerWindow;
    }

    public long IndexOf(DateTimeOffset time) => time.UtcTicks / _width;

    /// <summary>First tick of the bucket that contains <paramref name="time"/>, and the first tick after it.</summary>
    public (long From, long Until) StretchOf(DateTimeOffset time)
    {
        var from = time.UtcTicks - (time.UtcTicks % _width);
        return (from, from + _width);
    }

    public int SlotOf(long bucket) => (int)(bucket % SlotCount);

    /// <summary>First and last bucket that overlap (end − window, end].</summary>
    public (long First, long Last) Ending(DateTimeOffset end) =>
        (Math.Max(0, end.UtcTicks - Window.Ticks + 1) / _width, end.UtcTicks / _width);

    public bool IsAligned(DateTimeOffset start) => start.UtcTicks % _width == 0;

    public DateTimeOffset StartOf(long bucket) => new(bucket * _width, TimeSpan.Zero);
}
