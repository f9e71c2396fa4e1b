using System.Buffers;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>The windows of one series. Everybody who touches <see cref="Windows"/> holds <see cref="Gate"/>.</summary>
/// <param name="gate">Another series', for a series that is always written together with it; null: its own.</param>
internal sealed class SeriesState(SeriesKey key, WindowSeries windows, Lock? gate = null)
{
    private PredictionSums _pending;

    public SeriesKey Key { get; } = key;

    public WindowSeries Windows { get; } = windows;

    /// <summary>Uncontended but for a label, an estimate or a flush: taken once per batch, not per prediction.</summary>
    public Lock Gate { get; } = gate ?? new Lock();

    /// <summary>Counted by the scoring loop and about to be put into <see cref="Windows"/>, before the gate is left.</summary>
    public ref PredictionSums Pending => ref _pending;

    public bool IsPending { get; set; }

    /// <summary>Copies a window's buckets under the gate.</summary>
    public BucketCopy CopyWindow(int window, DateTimeOffset end)
    {
        var buckets = ArrayPool<Bucket>.Shared.Rent(Windows.MaxBuckets);
        lock (Gate)
        {
            return new BucketCopy(buckets, Windows.CopyWindow(window, end, buckets));
        }
    }
}
