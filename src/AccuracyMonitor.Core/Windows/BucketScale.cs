using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// The buckets of one sliding window, by absolute number (time ÷ width), so that no clock, however it jumps, can pour two times into one
/// bucket. Live are the numbers from <c>bucketsPerWindow</c> before the present one to one after it (a client's clock may be a little ahead):
/// exactly as many as there are slots, so a slot that holds another number holds one that is no longer live and may be taken. Taking one slot
/// at a time, and only for data, is what makes a clock that jumps by days and comes back cost no more than the buckets written in between.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct BucketScale(TimeSpan window, int bucketsPerWindow)
{
    /// <summary>What a slot that was never written holds.</summary>
    public const long Empty = -1;

    private readonly long _width = (window.Ticks + bucketsPerWindow - 1) / bucketsPerWindow;

    public TimeSpan Window { get; } = window;

    public TimeSpan Width => TimeSpan.FromTicks(_width);

    public int SlotCount => bucketsPerWindow + 2;

    /// <summary>The bucket of a time; false: it is not live.</summary>
    public bool TryLocate(DateTimeOffset time, DateTimeOffset now, out long bucket)
    {
        bucket = IndexOf(time);
        var present = now.UtcTicks / _width;
        return bucket <= present + 1 && bucket >= present - bucketsPerWindow;
    }

    public long IndexOf(DateTimeOffset time) => time.UtcTicks / _width;

    /// <summary>The bucket's stretch of time that holds <paramref name="time"/>, first tick and first after it.</summary>
    public (long From, long Until) StretchOf(DateTimeOffset time)
    {
        var from = time.UtcTicks - (time.UtcTicks % _width);
        return (from, from + _width);
    }

    public int SlotOf(long bucket) => (int)(bucket % SlotCount);

    /// <summary>First and last bucket that lie wholly or partly in (end − window, end].</summary>
    public (long First, long Last) Ending(DateTimeOffset end) =>
        (Math.Max(0, end.UtcTicks - Window.Ticks + 1) / _width, end.UtcTicks / _width);

    public bool IsAligned(DateTimeOffset start) => start.UtcTicks % _width == 0;

    public DateTimeOffset StartOf(long bucket) => new(bucket * _width, TimeSpan.Zero);
}
