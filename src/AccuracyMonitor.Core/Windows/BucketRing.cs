using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>The sums of one window's buckets, each in the slot that <see cref="BucketScale"/> assigns.</summary>
internal sealed class BucketRing
{
    private readonly BucketScale _scale;
    private readonly Slot[] _slots;

    public BucketRing(TimeSpan window, int bucketsPerWindow)
    {
        _scale = new BucketScale(window, bucketsPerWindow);
        _slots = new Slot[_scale.SlotCount];
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Index = BucketScale.Empty;
        }
    }

    public TimeSpan Window => _scale.Window;

    public TimeSpan Width => _scale.Width;

    public static int SlotBytes => Unsafe.SizeOf<Slot>();

    public int SlotCount => _slots.Length;

    /// <summary>The slot for a time. If the slot holds a bucket that is no longer live, it is cleared for the new one. A null reference if
    /// the time is not live.</summary>
    public ref Slot Locate(DateTimeOffset time, DateTimeOffset now)
    {
        if (!_scale.TryLocate(time, now, out var index))
        {
            return ref Unsafe.NullRef<Slot>();
        }

        ref var slot = ref _slots[_scale.SlotOf(index)];
        if (slot.Index != index)
        {
            slot = new Slot { Index = index };
        }

        return ref slot;
    }

    public bool IsLive(DateTimeOffset time, DateTimeOffset now) => _scale.TryLocate(time, now, out _);

    public (long From, long Until) StretchOf(DateTimeOffset time) => _scale.StretchOf(time);

    public bool IsAligned(DateTimeOffset start) => _scale.IsAligned(start);

    public int Copy(DateTimeOffset end, Span<Bucket> destination)
    {
        var (first, last) = _scale.Ending(end);
        var count = 0;
        for (var index = first; index <= last; index++)
        {
            ref readonly var slot = ref _slots[_scale.SlotOf(index)];
            if (slot.Index == index)
            {
                destination[count++] = new Bucket(_scale.StartOf(index), Width, slot.Predictions, slot.Labels);
            }
        }

        return count;
    }

    public bool HasUnsaved
    {
        get
        {
            foreach (ref readonly var slot in _slots.AsSpan())
            {
                if (slot.Changed > slot.Saved)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void CopyUnsaved(List<BucketSnapshot> into)
    {
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            if (slot.Changed > slot.Saved)
            {
                into.Add(new BucketSnapshot(Window, _scale.StartOf(slot.Index), slot.Predictions, slot.Changed));
            }
        }
    }

    /// <summary>Marks a slot as saved, unless it holds another bucket by now or has changed since.</summary>
    public void MarkSaved(in BucketSnapshot snapshot)
    {
        var index = _scale.IndexOf(snapshot.Start);
        ref var slot = ref _slots[_scale.SlotOf(index)];
        if (slot.Index == index && snapshot.Sequence <= slot.Changed)
        {
            slot.Saved = Math.Max(slot.Saved, snapshot.Sequence);
        }
    }

    public void MarkAllUnsaved(long sequence)
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Predictions != default)
            {
                (slot.Changed, slot.Saved) = (sequence, 0);
            }
        }
    }

    [StructLayout(LayoutKind.Auto)]
    internal struct Slot
    {
        public long Index;

        /// <summary>Sequence number of the last change of <see cref="Predictions"/>; 0 if unchanged since it was restored, or
        /// empty.</summary>
        public long Changed;

        /// <summary>The value of <see cref="Changed"/> that is known to be in the store.</summary>
        public long Saved;

        public PredictionSums Predictions;
        public LabelSums Labels;
    }
}
