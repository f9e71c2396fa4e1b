using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

internal static class NewestTime
{
    /// <summary>Of the buckets and requests; null: there is none.</summary>
    public static DateTimeOffset? Read(SqliteConnection connection) => connection.ExecuteScalar<long?>(
        "SELECT MAX(at) FROM (SELECT MAX(start) AS at FROM prediction_buckets UNION ALL SELECT MAX(created_at) FROM label_requests)") is { } at
        ? StoredTime.Read(at)
        : null;
}
