using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>A model version of which requests or sums of predictions are stored.</summary>
/// <param name="ClassCount">K of most of its requests; null: it has none.</param>
/// <param name="Newest">Time of its newest request, or start of its newest bucket.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StoredVersion(ModelKey Key, int? ClassCount, DateTimeOffset Newest);

/// <summary>SQL of the versions that a store knows.</summary>
internal static class StoredVersions
{
    public static IReadOnlyList<StoredVersion> Since(SqliteConnection connection, DateTimeOffset since) =>
        [.. connection.Query<(string Model, string Version, long? ClassCount, long Requests, long Newest)>(
            """
            SELECT model, version, class_count, COUNT(*), MAX(prediction_time) FROM label_requests WHERE prediction_time >= @since
            GROUP BY model, version, class_count
            UNION ALL
            SELECT model, version, NULL, 0, MAX(start) FROM prediction_buckets WHERE start >= @since GROUP BY model, version
            """,
            new { since = StoredTime.Write(since) })
            .GroupBy(r => new ModelKey(r.Model, r.Version))
            .Select(g => new StoredVersion(g.Key, (int?)g.MaxBy(r => r.Requests).ClassCount, StoredTime.Read(g.Max(r => r.Newest))))];
}
