using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// Outcomes of the most recent predictions by a 64-bit hash of their id, used to recognise retries. Bounded; no allocation after
/// construction; the oldest entry is replaced first. Not thread-safe: use one owner.
/// </summary>
/// <remarks>
/// <para>Two ids with the same 64-bit hash are treated as one. With a million entries this happens for one new id in 10¹³.</para>
/// <para>Hash chains link entries by insertion number, from newer to older. An overwritten entry is recognised by its age and need not be
/// removed from its chain: removing it waited for memory as often as a lookup and an insertion together.</para>
/// </remarks>
public sealed class RecentIds
{
    // Number of the newest entry by hash bucket. Numbers wrap around; after that a number leads to an entry with another hash.
    private readonly uint[] _youngest;
    private readonly Entry[] _entries;
    private int _count;
    private uint _newest;
    private int _newestPlace = -1;

    // Prevents the compiler from removing the reads of Warm.
    private uint _touched;

    /// <param name="capacity">Number of outcomes kept, 1…2²⁴.</param>
    public RecentIds(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        _entries = new Entry[capacity];
        _youngest = new uint[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
    }

    public int Capacity => _entries.Length;

    /// <summary>Bytes that this many outcomes take; constant from construction on.</summary>
    public static long BytesOf(int capacity) => ((long)capacity * Unsafe.SizeOf<Entry>())
        + (sizeof(uint) * (long)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity));

    public int Count => _count;

    /// <summary>
    /// Prefetches the memory that lookups and insertions of these hashes will read. One lookup waits for memory several times; a thousand
    /// prefetched together overlap their waits.
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

    /// <summary>Stores an outcome. An outcome with the same hash is replaced in place and keeps its age.</summary>
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

    // Ages increase along a chain. Where they do not, or exceed the capacity, the rest of the chain has been overwritten.
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

    // The product also spreads hashes that differ only in their high bits.
    private int BucketOf(ulong hash) => (int)((hash * FibonacciHash.Factor) >> 32) & (_youngest.Length - 1);

    private struct Entry
    {
        public ulong Hash;
        public RecentOutcome Outcome;
        public uint Older;
    }
}
