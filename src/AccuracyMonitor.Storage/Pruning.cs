using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.Storage.Truth;
using AccuracyMonitor.Storage.Windows;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>One bounded piece of the work of retention: by age, by number, then by size.</summary>
internal static class Pruning
{
    /// <summary>Remembered predictions, of about 50 bytes, that are as much work as one other row.</summary>
    private const int RememberedPerRow = 10;

    /// <param name="young">What was predicted at or after it is not forgotten; too large a database loses the vectors of what has ended.</param>
    public static PruneResult Run(SqliteConnection connection, RetentionBounds bounds, DateTimeOffset young, DateTimeOffset now, int limit)
    {
        var before = bounds.Before < young ? bounds.Before : young;
        var requests = RequestPruning.Prune(connection, before, limit);
        var buckets = Buckets.Prune(connection, before, limit);
        var (monitors, decisions) = (MonitorPruning.Prune(connection, bounds.Monitors, limit), Decisions.Prune(connection, limit));
        var audits = AuditTrail.Prune(connection, before, limit);
        var apart = LabelsApart.Prune(connection, before, limit);
        var versions = EndedVersions.Prune(connection, before, limit);
        var (inputs, vectors, remembered) = (0, 0, 0);

        // The cheapest first: nothing reads such buckets, remembered predictions cost nobody any work, nobody waits for such inputs, then what fine-tuning
        // would learn from, and the labels that people gave last.
        if (Excess(connection, bounds) > 0)
        {
            buckets += Buckets.Prune(connection, young, limit - buckets);
            versions += EndedVersions.Prune(connection, young, limit - versions);
        }

        if (buckets < limit && Excess(connection, bounds) > 0)
        {
            remembered = PredictionMemory.PruneOldest(connection, RememberedPerRow * limit);
        }

        if (buckets < limit && remembered == 0 && Excess(connection, bounds) > 0)
        {
            inputs = InputPruning.Ended(connection, limit);
        }

        if (buckets < limit && remembered == 0 && inputs == 0 && Excess(connection, bounds) > 0)
        {
            vectors = RequestPruning.PruneVectors(connection, now, limit);
        }

        if (buckets < limit && remembered == 0 && inputs == 0 && vectors < limit && requests < limit && Excess(connection, bounds) > 0)
        {
            requests += RequestPruning.Prune(connection, young, limit - requests);
        }

        var more = requests == limit || inputs > 0 || vectors == limit || buckets == limit || decisions == limit || monitors == limit || audits == limit
            || apart == limit || versions == limit || remembered > 0;
        return new PruneResult(requests, buckets, more)
        {
            Inputs = inputs,
            Vectors = vectors,
            Monitors = monitors,
            Decisions = decisions,
            Audits = audits,
            Versions = versions,
            ExcessBytes = Excess(connection, bounds),
        };
    }

    private static long Excess(SqliteConnection connection, RetentionBounds bounds) =>
        bounds.MaxBytes > 0 ? Math.Max(0, StoreSize.Read(connection).Used - bounds.MaxBytes) : 0;
}
