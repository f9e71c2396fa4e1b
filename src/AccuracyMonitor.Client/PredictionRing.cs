namespace AccuracyMonitor.Client;

/// <summary>
/// Bounded queue of softmax vectors for many producers and consumers: a producer that finds it full takes the oldest out itself. All memory is
/// taken at construction; a push copies K floats and takes no lock.
/// </summary>
/// <remarks>Sequence-numbered slots after Vyukov's bounded queue (1024cores.net, "Bounded MPMC queue").</remarks>
internal sealed class PredictionRing
{
    private const int FloatsPerPage = 4096 / sizeof(float);

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

        // Written once, page by page: the system finds memory at the first write, and that shall not be a serving thread's.
        for (var i = 0; i < _values.Length; i += FloatsPerPage)
        {
            _values[i] = 0;
        }
    }

    public int Count => (int)Math.Max(0, Volatile.Read(ref _tail.Value) - Volatile.Read(ref _head.Value));

    /// <summary>How many were ever taken in.</summary>
    public long Pushed => Volatile.Read(ref _tail.Value);

    /// <summary>False when full.</summary>
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

    /// <summary>Takes the oldest prediction.</summary>
    public bool TryPop(Span<float> probabilities, out string id, out long timeMicroseconds)
    {
        if (!TryClaim(out var position))
        {
            id = "";
            timeMicroseconds = 0;
            return false;
        }

        ref var slot = ref _slots[position & _mask];
        _values.AsSpan((int)(position & _mask) * _classes, _classes).CopyTo(probabilities);
        id = slot.Id!;
        timeMicroseconds = slot.Time;
        Free(position);
        return true;
    }

    /// <summary>Lets the oldest prediction go. False: there is none, or its writer is not done with it.</summary>
    public bool TryDropOldest()
    {
        if (!TryClaim(out var position))
        {
            return false;
        }

        Free(position);
        return true;
    }

    private bool TryClaim(out long position)
    {
        while (true)
        {
            position = Volatile.Read(ref _head.Value);
            var ahead = Volatile.Read(ref _slots[position & _mask].Sequence) - (position + 1);
            if (ahead < 0)
            {
                return false;
            }

            if (ahead == 0 && Interlocked.CompareExchange(ref _head.Value, position + 1, position) == position)
            {
                return true;
            }
        }
    }

    private void Free(long position)
    {
        ref var slot = ref _slots[position & _mask];
        slot.Id = null;
        Volatile.Write(ref slot.Sequence, position + _mask + 1);
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
