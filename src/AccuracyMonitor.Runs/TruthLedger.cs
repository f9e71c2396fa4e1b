using System.Runtime.InteropServices;

namespace AccuracyMonitor.Runs;

/// <param name="Count">Predictions.</param>
/// <param name="Correct">Of them right.</param>
/// <param name="Confidence">Sum of the maximum softmax.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TruthSums(long Count, long Correct, double Confidence)
{
    /// <summary>0–1; NaN without predictions.</summary>
    public double Accuracy => Count > 0 ? (double)Correct / Count : double.NaN;

    /// <summary>0–1; NaN without predictions.</summary>
    public double MeanConfidence => Count > 0 ? Confidence / Count : double.NaN;
}

/// <summary>
/// What the monitor is not told: how often the classifier was right, by prediction time. Fixed size: slots of 50 ms for twenty minutes, so that
/// a window's truth is cut as finely as the sidecar's own buckets. Thread-safe.
/// </summary>
internal sealed class TruthLedger
{
    internal static readonly TimeSpan SlotWidth = TimeSpan.FromMilliseconds(50);
    private const int SlotCount = 24_000;

    private readonly Lock _gate = new();
    private readonly long[] _indexes = new long[SlotCount];
    private readonly TruthSums[] _sums = new TruthSums[SlotCount];
    private TruthSums _total;

    public TruthSums Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    public void Add(DateTimeOffset time, bool correct, double confidence)
    {
        var index = Index(time);
        var slot = (int)(index % SlotCount);
        var one = new TruthSums(1, correct ? 1 : 0, confidence);
        lock (_gate)
        {
            _total = Sum(_total, one);
            if (_indexes[slot] != index)
            {
                _indexes[slot] = index;
                _sums[slot] = default;
            }

            _sums[slot] = Sum(_sums[slot], one);
        }
    }

    /// <summary>Over predictions from <paramref name="start"/> up to, not including, <paramref name="end"/>, to the slot.</summary>
    public TruthSums Between(DateTimeOffset start, DateTimeOffset end)
    {
        var sums = default(TruthSums);
        lock (_gate)
        {
            for (var index = Math.Max(Index(start), Index(end) - SlotCount); index < Index(end); index++)
            {
                var slot = (int)(index % SlotCount);
                sums = _indexes[slot] == index ? Sum(sums, _sums[slot]) : sums;
            }
        }

        return sums;
    }

    private static long Index(DateTimeOffset time) => time.UtcTicks / SlotWidth.Ticks;

    private static TruthSums Sum(TruthSums a, TruthSums b) => new(a.Count + b.Count, a.Correct + b.Correct, a.Confidence + b.Confidence);
}
