namespace AccuracyMonitor.Client;

/// <summary>
/// Bounded queue of softmax vectors for many producers and one consumer. All memory is taken at construction; a push copies K floats and
/// takes no lock.
/// </summary>
/// <remarks>Sequence-numbered slots after Vyukov's bounded queue (1024cores.net, "Bounded MPMC queue").</remarks>
internal sealed class PredictionRing
{
    private readonly Slot[] _slots;
    private readonly float[] _values;
    private readonly int _mask;
    private readonly int _classes;
    private PaddedIndex _tail;
    private PaddedIndex _head;

    public PredictionRing(int capacity, int classes)
    {
        _slots = new Slot[capacity];
        _values = new float[capacity * classes];
        _mask = capacity - 1;
        _classes = classes;
        for (var i = 0; i < capacity; i++)
        {
            _slots[i].Sequence = i;
        }
    }

    public int Count => (int)Math.Max(0, Volatile.Read(ref _tail.Value) - Volatile.Read(ref _head.Value));

    /// <summary>False when full: the caller drops and counts.</summary>
    public bool TryPush(ReadOnlySpan<float> probabilities, string id, long timeMicroseconds)
    {
        while (true)
        {
            var position = Volatile.Read(ref _tail.Value);
            ref var slot = ref _slots[position & _mask];
            var ahead = Volatile.Read(ref slot.Sequence) - position;
            if (ahead < 0)
            {
                return false;
            }

            if (ahead == 0 && Interlocked.CompareExchange(ref _tail.Value, position + 1, position) == position)
            {
                probabilities.CopyTo(_values.AsSpan((int)(position & _mask) * _classes, _classes));
                slot.Id = id;
                slot.Time = timeMicroseconds;
                Volatile.Write(ref slot.Sequence, position + 1);
                return true;
            }
        }
    }

    /// <summary>Takes one prediction; only ever called by the one consumer.</summary>
    public bool TryPop(Span<float> probabilities, out string id, out long timeMicroseconds)
    {
        var position = _head.Value;
        ref var slot = ref _slots[position & _mask];
        if (Volatile.Read(ref slot.Sequence) != position + 1)
        {
            id = "";
            timeMicroseconds = 0;
            return false;
        }

        _values.AsSpan((int)(position & _mask) * _classes, _classes).CopyTo(probabilities);
        id = slot.Id!;
        timeMicroseconds = slot.Time;
        slot.Id = null;
        Volatile.Write(ref slot.Sequence, position + _mask + 1);
        Volatile.Write(ref _head.Value, position + 1);
        return true;
    }

    private struct Slot
    {
        public long Sequence;
        public long Time;
        public string? Id;
    }

    /// <summary>Head and tail on cache lines of their own, so that producers don't slow the consumer.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 192)]
    private struct PaddedIndex
    {
        [System.Runtime.InteropServices.FieldOffset(64)]
        public long Value;
    }
}
