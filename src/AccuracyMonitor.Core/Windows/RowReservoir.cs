namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// A uniform sample of the covered predictions of one sliding window, including their softmax vectors, so that the window can be scored
/// again by a recalibrated monitor. Each bucket has a reservoir (Vitter 1985, "Random sampling with a reservoir", algorithm R), so the size
/// is bounded: (buckets + 2)·rows·K·4 bytes. Not thread-safe: use one owner.
/// </summary>
/// <remarks>The random number is a hash of the prediction's id, so that a replay keeps the same rows.</remarks>
public sealed class RowReservoir
{
    private const int MostFloatsPerWindow = 1 << 20;
    private readonly BucketScale _scale;
    private readonly int _classes;
    private readonly int _rows;
    private readonly Slot[] _slots;

    /// <param name="window">Length, positive.</param>
    /// <param name="bucketsPerWindow">As for the window's sums, so that both use the same buckets; at least 1.</param>
    /// <param name="classCount">K, at least 2.</param>
    /// <param name="rowsPerBucket">At least 1.</param>
    public RowReservoir(TimeSpan window, int bucketsPerWindow, int classCount, int rowsPerBucket)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketsPerWindow, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerBucket, 1);
        (_scale, _classes, _rows) = (new BucketScale(window, bucketsPerWindow), classCount, rowsPerBucket);
        _slots = new Slot[_scale.SlotCount];
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Index = BucketScale.Empty;
        }
    }

    public TimeSpan Window => _scale.Window;

    /// <summary>Rows per bucket for a window of at most <paramref name="rowsPerWindow"/> rows and 4 MiB; at least 1.</summary>
    public static int RowsPerBucket(int rowsPerWindow, int bucketsPerWindow, int classCount) =>
        Math.Max(1, Math.Min(rowsPerWindow, MostFloatsPerWindow / classCount) / bucketsPerWindow);

    /// <summary>Bytes used once every bucket has had predictions.</summary>
    public long StateBytes => (long)_slots.Length * _rows * _classes * sizeof(float);

    /// <summary>Offers a covered prediction.</summary>
    /// <param name="time">Time of the prediction.</param>
    /// <param name="probabilities">Length K.</param>
    /// <param name="hash">Mixed hash of the prediction's id; it must not share bits with the sampling decision.</param>
    /// <param name="now">Current time.</param>
    /// <returns>False if the time is outside the window's buckets.</returns>
    public bool Add(DateTimeOffset time, ReadOnlySpan<float> probabilities, ulong hash, DateTimeOffset now)
    {
        if (Open(time, now) is not (>= 0 and var place))
        {
            return false;
        }

        var row = Offer(place, hash);
        if (!row.IsEmpty)
        {
            probabilities.CopyTo(row);
        }

        return true;
    }

    /// <summary>Index for offering predictions of the bucket that contains <paramref name="time"/>; −1 if it is outside the window's
    /// buckets.</summary>
    public int Open(DateTimeOffset time, DateTimeOffset now)
    {
        if (!_scale.TryLocate(time, now, out var index))
        {
            return -1;
        }

        var place = _scale.SlotOf(index);
        ref var slot = ref _slots[place];
        if (slot.Index != index)
        {
            (slot.Index, slot.Seen) = (index, 0);
            slot.Rows ??= new float[_rows * _classes];
        }

        return place;
    }

    /// <summary>Offers a prediction of the bucket that the last call of <see cref="Open"/> returned for its time.</summary>
    /// <returns>The span to write its K probabilities to; empty if it is not kept.</returns>
    public Span<float> Offer(int bucket, ulong hash)
    {
        ref var slot = ref _slots[bucket];

        // The n-th prediction replaces a kept one with probability rows/n.
        var place = slot.Seen < _rows ? (int)slot.Seen : (int)Math.BigMul(hash, (ulong)(slot.Seen + 1), out _);
        slot.Seen++;
        return (uint)place < (uint)_rows ? slot.Rows.AsSpan(place * _classes, _classes) : [];
    }

    /// <summary>The rows of the buckets that overlap (end − window, end] and begin before <paramref name="before"/>.</summary>
    public WindowRows Copy(DateTimeOffset end, DateTimeOffset before)
    {
        var (first, last) = _scale.Ending(end);
        List<float> probabilities = [];
        List<double> weights = [];
        long seen = 0;
        for (var index = first; index <= last && _scale.StartOf(index) < before; index++)
        {
            ref readonly var slot = ref _slots[_scale.SlotOf(index)];
            if (slot.Index != index)
            {
                continue;
            }

            var kept = (int)Math.Min(slot.Seen, _rows);
            probabilities.AddRange(slot.Rows.AsSpan(0, kept * _classes));
            weights.AddRange(Enumerable.Repeat((double)slot.Seen / kept, kept));
            seen += slot.Seen;
        }

        return new WindowRows([.. probabilities], [.. weights], seen);
    }

    private struct Slot
    {
        public long Index;
        public long Seen;
        public float[]? Rows;
    }
}

/// <summary>Rows that represent a window.</summary>
/// <param name="Probabilities">Row-major n×K.</param>
/// <param name="Weights">Number of predictions that each row represents, length n.</param>
/// <param name="Predictions">Number of predictions offered; the sum of the weights.</param>
public sealed record WindowRows(float[] Probabilities, double[] Weights, long Predictions);
