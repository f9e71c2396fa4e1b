using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;

namespace AccuracyMonitor.Storage.Windows;

/// <summary>The sums of time buckets, and the windows that are closed. Part of the store: its errors are the store's.</summary>
public sealed class WindowRecords
{
    private readonly StoreEngine _engine;
    private readonly BucketSequence _sequence;

    internal WindowRecords(StoreEngine engine, BucketSequence sequence) => (_engine, _sequence) = (engine, sequence);

    /// <summary>Keeps buckets; each replaces what was kept of it, unless that is of a later <see cref="BucketSnapshot.Sequence"/>.</summary>
    public Task FlushBucketsAsync(IReadOnlyList<BucketRow> buckets, CancellationToken cancellation = default)
    {
        Buckets.Check(buckets);
        var totals = buckets.ToArray();
        return _engine.WriteAsync(c => Buckets.Upsert(c, totals, _sequence), Buckets.RowBytes * totals.Length, cancellation);
    }

    /// <summary>Buckets that start at or after a time, of a version when given, by series, window and start, with the sequence numbers that the store
    /// gave them.</summary>
    public Task<IReadOnlyList<BucketRow>> BucketsAsync(DateTimeOffset since, ModelKey? key = null, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => Buckets.Since(c, key, since), cancellation);

    /// <summary>
    /// Keeps closed windows of a model version in the place of all that start with the first of them or after. At least one, oldest first.
    /// </summary>
    public Task ReplaceClosedAsync(ModelKey key, IReadOnlyList<ClosedWindow> windows, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfZero(windows.Count, nameof(windows));
        ClosedWindowRows.Check(windows);
        var copy = windows.ToArray();
        return _engine.WriteAsync(c => ClosedWindowRows.Replace(c, key, copy), Buckets.RowBytes * copy.Length, cancellation);
    }

    /// <summary>The closed windows of a model version, oldest first.</summary>
    public Task<IReadOnlyList<ClosedWindow>> ClosedAsync(ModelKey key, CancellationToken cancellation = default) =>
        _engine.ReadAsync(c => ClosedWindowRows.Of(c, key), cancellation);
}
