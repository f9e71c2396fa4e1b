using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Collects the window sums that changed since they were last written.</summary>
internal static class DirtyBuckets
{
    public static List<BucketRow> Drain(IEnumerable<SeriesState> all)
    {
        List<BucketRow> rows = [];
        List<BucketSnapshot> snapshots = [];
        foreach (var series in all)
        {
            lock (series.Gate)
            {
                if (!series.Dirty)
                {
                    continue;
                }

                series.Dirty = false;
                series.Windows.DrainDirty(snapshots);
            }

            foreach (var snapshot in snapshots)
            {
                rows.Add(new BucketRow(series.Key, snapshot));
            }

            snapshots.Clear();
        }

        return rows;
    }
}
