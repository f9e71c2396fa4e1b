using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>SQL that forgets the counts, callers and closed windows of versions of which nothing else is left: versions come and go without an end.</summary>
internal static class EndedVersions
{
    /// <summary>
    /// A version ends when it has no request, no bucket and no remembered prediction any more, and its last closed window has ended before a time.
    /// </summary>
    /// <returns>Versions forgotten, at most <paramref name="limit"/>.</returns>
    public static int Prune(SqliteConnection connection, DateTimeOffset before, int limit)
    {
        // Who has a closed window or a label had a request, and so a count.
        var ended = connection.Query<(string Model, string Version)>(
            """
            SELECT model, version FROM (
                SELECT model, version FROM queue_counts UNION SELECT model, version FROM uniform_labels UNION SELECT model, version FROM prediction_callers) v
            WHERE NOT EXISTS (SELECT 1 FROM label_requests r WHERE r.model = v.model AND r.version = v.version)
                AND NOT EXISTS (SELECT 1 FROM prediction_buckets b WHERE b.model = v.model AND b.version = v.version)
                AND NOT EXISTS (SELECT 1 FROM remembered_models m WHERE m.model = v.model AND m.version = v.version)
                AND NOT EXISTS (SELECT 1 FROM closed_windows c WHERE c.model = v.model AND c.version = v.version AND c.finish >= @before)
            LIMIT @limit
            """,
            new { before = StoredTime.Write(before), limit }).Select(v => new ModelKey(v.Model, v.Version)).ToArray();
        foreach (var table in (string[])["uniform_labels", "closed_windows", "queue_counts", "prediction_callers"])
        {
            connection.Execute($"DELETE FROM {table} WHERE model = @Model AND version = @Version", ended);
        }

        return ended.Length;
    }
}
