namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// Outcomes of the last predictions by a 64-bit hash of their id, so that a retry is recognised: bounded, no allocation after construction,
/// the oldest is forgotten first. For one owner: not thread-safe.
/// </summary>
/// <remarks>
/// <para>Two ids with the same 64-bit hash are taken for one: with a million remembered, one new id in 10¹³.</para>
/// <para>A chain links entries by their number in the order of adding, younger to older, so that one that was overwritten is known by its age
/// and need not be taken out of its chain: taking it out waited for memory as often as looking up and adding together.</para>
/// </remarks>
public sealed class RecentIds
{
    // By bucket, number of the youngest entry. Numbers wrap; one that comes round again finds an entry of another hash.
    private readonly uint[] _youngest;
    private readonly Entry[] _entries;
    private int _count;
    private uint _newest;
    private int _newestPlace = -1;

    // Keeps the reads of Warm from being left out.
    private uint _touched;

    /// <param name="capacity">Outcomes remembered, 1…2²⁴.</param>
    public RecentIds(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        _entries = new Entry[capacity];
        _youngest = new uint[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
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
        Span<uint> ages = stackalloc uint[AtOnce];
        for (var done = 0; done < hashes.Length; done += AtOnce)
        {
            var part = hashes.Slice(done, Math.Min(AtOnce, hashes.Length - done));
            for (var i = 0; i < part.Length; i++)
            {
                ages[i] = _newest - _youngest[BucketOf(part[i])];
            }

            for (var i = 0; i < part.Length; i++)
            {
                _touched ^= ages[i] < (uint)_count ? _entries[PlaceOf(ages[i])].Older : 0;
            }
        }
    }

    public bool TryGet(ulong hash, out RecentOutcome outcome)
    {
        var place = Find(hash);
        outcome = place < 0 ? default : _entries[place].Outcome;
        return place >= 0;
    }

    /// <summary>Remembers an outcome; one already remembered under the hash is replaced in place and does not become younger.</summary>
    public void Add(ulong hash, in RecentOutcome outcome)
    {
        var place = Find(hash);
        if (place >= 0)
        {
            _entries[place].Outcome = outcome;
            return;
        }

        _newest++;
        _newestPlace = _newestPlace + 1 == _entries.Length ? 0 : _newestPlace + 1;
        _count = Math.Min(_count + 1, _entries.Length);
        ref var youngest = ref _youngest[BucketOf(hash)];
        _entries[_newestPlace] = new Entry { Hash = hash, Outcome = outcome, Older = youngest };
        youngest = _newest;
    }

    // Ages rise along a chain; where they don't, or reach what is remembered, the rest of it was overwritten.
    private int Find(ulong hash)
    {
        var age = _newest - _youngest[BucketOf(hash)];
        while (age < (uint)_count)
        {
            var place = PlaceOf(age);
            ref readonly var entry = ref _entries[place];
            if (entry.Hash == hash)
            {
                return place;
            }

            var older = _newest - entry.Older;
            if (older <= age)
            {
                return -1;
            }

            age = older;
        }

        return -1;
    }

    private int PlaceOf(uint age)
    {
        var place = _newestPlace - (int)age;
        return place < 0 ? place + _entries.Length : place;
    }

    // The multiplier (2⁶⁴ ÷ golden ratio) spreads hashes that differ in their high bits only.
    private int BucketOf(ulong hash) => (int)((hash * 0x9E3779B97F4A7C15ul) >> 32) & (_youngest.Length - 1);

    private struct Entry
    {
        public ulong Hash;
        public RecentOutcome Outcome;
        public uint Older;
    }
}
