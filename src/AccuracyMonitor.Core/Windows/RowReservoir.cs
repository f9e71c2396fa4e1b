namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// A uniform sample of one sliding window's covered predictions, softmax vectors and all, so that a window can be scored again by a monitor
/// that its own labels have taught. Per bucket the sample of Vitter 1985 ("Random sampling with a reservoir", algorithm R), so the state is
/// fixed: (buckets + 2)·rows·K·4 bytes. For one owner: not thread-safe.
/// </summary>
/// <remarks>The draw is a hash of the prediction's id, not a generator: a replay keeps the same rows.</remarks>
public sealed class RowReservoir
{
    private const long Empty = -1;
    private readonly long _width;
    private readonly int _buckets;
    private readonly int _classes;
    private readonly int _rows;
    private readonly Slot[] _slots;

    /// <param name="window">Length, positive.</param>
    /// <param name="bucketsPerWindow">As of the window's sums, so that their buckets are the same; at least 1.</param>
    /// <param name="classCount">K, at least 2.</param>
    /// <param name="rowsPerBucket">At least 1.</param>
    public RowReservoir(TimeSpan window, int bucketsPerWindow, int classCount, int rowsPerBucket)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketsPerWindow, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerBucket, 1);
        (Window, _buckets, _classes, _rows) = (window, bucketsPerWindow, classCount, rowsPerBucket);
        _width = (window.Ticks + bucketsPerWindow - 1) / bucketsPerWindow;
        _slots = new Slot[bucketsPerWindow + 2];
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Index = Empty;
        }
    }

    public TimeSpan Window { get; }

    /// <summary>Bytes held once every bucket has had predictions.</summary>
    public long StateBytes => (long)_slots.Length * _rows * _classes * sizeof(float);

    /// <summary>Offers a covered prediction.</summary>
    /// <param name="time">The prediction's.</param>
    /// <param name="probabilities">Length K.</param>
    /// <param name="hash">Of its id, apart from the sampling coin's.</param>
    /// <param name="now">The present.</param>
    /// <returns>False: the time lies outside the window's buckets.</returns>
    public bool Add(DateTimeOffset time, ReadOnlySpan<float> probabilities, ulong hash, DateTimeOffset now)
    {
        var index = time.UtcTicks / _width;
        var present = now.UtcTicks / _width;
        if (index > present + 1 || index < present - _buckets)
        {
            return false;
        }

        ref var slot = ref _slots[index % _slots.Length];
        if (slot.Index != index)
        {
            (slot.Index, slot.Seen) = (index, 0);
            slot.Rows ??= new float[_rows * _classes];
        }

        // The n-th replaces a kept one with probability rows/n.
        var place = slot.Seen < _rows ? (int)slot.Seen : (int)Math.BigMul(hash, (ulong)(slot.Seen + 1), out _);
        slot.Seen++;
        if ((uint)place < (uint)_rows)
        {
            probabilities.CopyTo(slot.Rows.AsSpan(place * _classes, _classes));
        }

        return true;
    }

    /// <summary>The rows of the buckets that lie wholly or partly in (end − window, end] and begin before <paramref name="before"/>.</summary>
    public WindowRows Copy(DateTimeOffset end, DateTimeOffset before)
    {
        var last = end.UtcTicks / _width;
        var first = Math.Max(0, end.UtcTicks - Window.Ticks + 1) / _width;
        List<float> probabilities = [];
        List<double> weights = [];
        long seen = 0;
        for (var index = first; index <= last && index * _width < before.UtcTicks; index++)
        {
            ref readonly var slot = ref _slots[index % _slots.Length];
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

/// <summary>Rows that stand for a window.</summary>
/// <param name="Probabilities">Row-major n×K.</param>
/// <param name="Weights">Predictions each stands for, length n.</param>
/// <param name="Predictions">All that were offered; what the weights add up to.</param>
public sealed record WindowRows(float[] Probabilities, double[] Weights, long Predictions);
