using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// The buckets of one window. A slot belongs to an absolute bucket number (time ÷ width), so no clock, however it jumps, can pour two times
/// into one bucket. Live are the numbers from <c>bucketsPerWindow</c> before the present one to one after it (a client's clock may be a
/// little ahead): exactly as many as there are slots, so a slot that holds another number holds one that is no longer live and may be
/// taken. Taking one slot at a time, and only for data, is what makes a clock that jumps by days and comes back cost no more than the
/// buckets written in between.
/// </summary>
internal sealed class BucketRing
{
    private const long Empty = -1;
    private readonly long _width;
    private readonly int _bucketsPerWindow;
    private readonly Slot[] _slots;

    public BucketRing(TimeSpan window, int bucketsPerWindow)
    {
        Window = window;
        _bucketsPerWindow = bucketsPerWindow;
        _width = (window.Ticks + bucketsPerWindow - 1) / bucketsPerWindow;
        _slots = new Slot[bucketsPerWindow + 2];
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Index = Empty;
        }
    }

    public TimeSpan Window { get; }

    public TimeSpan Width => TimeSpan.FromTicks(_width);

    public static int SlotBytes => Unsafe.SizeOf<Slot>();

    public int SlotCount => _slots.Length;

    /// <summary>The slot for a time, taken over if it holds a bucket that is no longer live; a null reference if the time is not
    /// live.</summary>
    public ref Slot Locate(DateTimeOffset time, DateTimeOffset now)
    {
        var index = time.UtcTicks / _width;
        var present = now.UtcTicks / _width;
        if (index > present + 1 || index < present - _bucketsPerWindow)
        {
            return ref Unsafe.NullRef<Slot>();
        }

        ref var slot = ref _slots[index % _slots.Length];
        if (slot.Index != index)
        {
            slot = new Slot { Index = index };
        }

        return ref slot;
    }

    public bool IsAligned(DateTimeOffset start) => start.UtcTicks % _width == 0;

    public int Copy(DateTimeOffset end, Span<Bucket> destination)
    {
        var last = end.UtcTicks / _width;
        var first = Math.Max(0, end.UtcTicks - Window.Ticks + 1) / _width;
        var count = 0;
        for (var index = first; index <= last; index++)
        {
            ref readonly var slot = ref _slots[index % _slots.Length];
            if (slot.Index == index)
            {
                destination[count++] = new Bucket(StartOf(index), Width, slot.Predictions, slot.Labels);
            }
        }

        return count;
    }

    public void DrainDirty(List<BucketSnapshot> into)
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Dirty)
            {
                slot.Dirty = false;
                into.Add(new BucketSnapshot(Window, StartOf(slot.Index), slot.Predictions));
            }
        }
    }

    private DateTimeOffset StartOf(long index) => new(index * _width, TimeSpan.Zero);

    internal struct Slot
    {
        public long Index;
        public bool Dirty;
        public PredictionSums Predictions;
        public LabelSums Labels;
    }
}
