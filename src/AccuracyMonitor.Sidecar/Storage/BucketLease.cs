using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Sidecar.Storage;

/// <summary>
/// The buckets of some series that are not known to be stored, as they were at one moment. They count as stored only once <see cref="Commit"/>
/// was called; a lease that is dropped, because its write failed or for any other reason, leaves them as they are.
/// </summary>
/// <remarks>
/// A bucket is in every lease taken before a write of it has ended: so each label request is written in one transaction with the sums that count
/// its prediction, also while an earlier write of those sums is under way. Sequence numbers make the store keep the latest, in whatever order
/// the writes arrive.
/// </remarks>
internal sealed class BucketLease
{
    private readonly List<(SeriesState Series, int Rows)> _series = [];
    private readonly List<BucketRow> _rows = [];

    private BucketLease()
    {
    }

    public IReadOnlyList<BucketRow> Rows => _rows;

    public static BucketLease Take(IEnumerable<SeriesState> all)
    {
        var lease = new BucketLease();
        List<BucketSnapshot> snapshots = [];
        foreach (var series in all)
        {
            lock (series.Gate)
            {
                series.Windows.CopyUnsaved(snapshots);
            }

            if (snapshots.Count == 0)
            {
                continue;
            }

            lease._series.Add((series, snapshots.Count));
            foreach (var snapshot in snapshots)
            {
                lease._rows.Add(new BucketRow(series.Key, snapshot));
            }

            snapshots.Clear();
        }

        return lease;
    }

    /// <summary>The store has acknowledged <see cref="Rows"/>. A bucket that changed meanwhile stays unsaved.</summary>
    public void Commit()
    {
        var next = 0;
        foreach (var (series, rows) in _series)
        {
            lock (series.Gate)
            {
                for (var end = next + rows; next < end; next++)
                {
                    series.Windows.MarkSaved(_rows[next].Snapshot);
                }
            }
        }
    }
}
