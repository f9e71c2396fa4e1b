namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// Outcomes of the last predictions by a 64-bit hash of their id, so that a retry is recognised: bounded, no allocation after construction,
/// the oldest is forgotten first. For one owner: not thread-safe.
/// </summary>
/// <remarks>Two ids with the same 64-bit hash are taken for one: with a million remembered, one new id in 10¹³.</remarks>
public sealed class RecentIds
{
    private const int None = -1;
    private readonly int[] _buckets;
    private readonly Entry[] _entries;
    private int _count;
    private int _oldest;

    // Keeps the reads of Warm from being left out.
    private int _touched;

    /// <param name="capacity">Outcomes remembered, 1…2²⁴.</param>
    public RecentIds(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        _entries = new Entry[capacity];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Array.Fill(_buckets, None);
    }

    public int Capacity => _entries.Length;

    public int Count => _count;

    /// <summary>
    /// Touches what looking up and adding these hashes will read. One lookup waits for memory several times; a thousand touched together wait
    /// for many of them at once.
    /// </summary>
    public void Warm(ReadOnlySpan<ulong> hashes)
    {
        const int AtOnce = 64;
        Span<int> heads = stackalloc int[AtOnce];
        for (var done = 0; done < hashes.Length; done += AtOnce)
        {
            var part = hashes.Slice(done, Math.Min(AtOnce, hashes.Length - done));
            for (var i = 0; i < part.Length; i++)
            {
                heads[i] = _buckets[BucketOf(part[i])];
            }

            for (var i = 0; i < part.Length; i++)
            {
                _touched ^= heads[i] == None ? 0 : _entries[heads[i]].Next;
            }

            // Each new one puts out an old one, which its own chain must let go.
            for (var i = 0; i < part.Length && _count == _entries.Length; i++)
            {
                var leaving = _oldest + done + i;
                _touched ^= _buckets[BucketOf(_entries[leaving < _count ? leaving : leaving % _count].Hash)];
            }
        }
    }

    public bool TryGet(ulong hash, out RecentOutcome outcome)
    {
        for (var i = _buckets[BucketOf(hash)]; i != None; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash)
            {
                outcome = _entries[i].Outcome;
                return true;
            }
        }

        outcome = default;
        return false;
    }

    /// <summary>Remembers an outcome; one already remembered under the hash is replaced in place and does not become younger.</summary>
    public void Add(ulong hash, in RecentOutcome outcome)
    {
        ref var head = ref _buckets[BucketOf(hash)];
        for (var i = head; i != None; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash)
            {
                _entries[i].Outcome = outcome;
                return;
            }
        }

        int place;
        if (_count < _entries.Length)
        {
            place = _count++;
        }
        else
        {
            place = _oldest;
            _oldest = _oldest + 1 == _entries.Length ? 0 : _oldest + 1;
            Unlink(place);
        }

        _entries[place] = new Entry { Hash = hash, Outcome = outcome, Next = head };
        head = place;
    }

    private void Unlink(int place)
    {
        ref var link = ref _buckets[BucketOf(_entries[place].Hash)];
        while (link != place)
        {
            link = ref _entries[link].Next;
        }

        link = _entries[place].Next;
    }

    // The multiplier (2⁶⁴ ÷ golden ratio) spreads hashes that differ in their high bits only.
    private int BucketOf(ulong hash) => (int)((hash * 0x9E3779B97F4A7C15ul) >> 32) & (_buckets.Length - 1);

    private struct Entry
    {
        public ulong Hash;
        public RecentOutcome Outcome;
        public int Next;
    }
}
