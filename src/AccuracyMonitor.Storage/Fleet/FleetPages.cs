using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>SQL that reads what is marked, and removes marks.</summary>
internal static class FleetPages
{
    public static IReadOnlyList<FleetChange> Next(SqliteConnection connection, int limit)
    {
        var buckets = Buckets.Unreported(connection, limit).Select(b => new BucketChange(b.Change, b.Bucket));
        return [.. buckets.Concat(Requests(connection, limit)).Concat(Forgotten(connection, limit)).OrderBy(c => c.Change).Take(limit)];
    }

    public static void Acknowledge(SqliteConnection connection, IReadOnlyList<FleetChange> changes)
    {
        foreach (var change in changes)
        {
            switch (change)
            {
                case BucketChange bucket:
                    Buckets.Reported(connection, bucket.Bucket, bucket.Change);
                    break;
                case RequestChange request:
                    connection.Prepared(
                        "UPDATE label_requests SET unreported = NULL WHERE id = @id AND unreported = @change",
                        ("@id", request.RequestId),
                        ("@change", request.Change)).ExecuteNonQuery();
                    break;
                case ForgottenChange:
                    connection.Prepared("DELETE FROM unreported_forgotten WHERE change = @change", ("@change", change.Change)).ExecuteNonQuery();
                    break;
            }
        }
    }

    public static FleetBacklog Backlog(SqliteConnection connection)
    {
        var (count, oldest) = connection.QuerySingle<(long, long)>(
            """
            SELECT SUM(marks), COALESCE(MIN(oldest), 0) FROM (
                SELECT COUNT(*) AS marks, MIN(unreported) AS oldest FROM prediction_buckets WHERE unreported IS NOT NULL
                UNION ALL SELECT COUNT(*), MIN(unreported) FROM label_requests WHERE unreported IS NOT NULL
                UNION ALL SELECT COUNT(*), MIN(change) FROM unreported_forgotten)
            """);
        var (last, lost) = connection.QuerySingleOrDefault<(long, long)>("SELECT changes, forgotten_lost FROM hub_source");
        return new FleetBacklog(count, oldest, last, connection.ExecuteScalar<long>("SELECT COUNT(*) FROM hub_marking") > 0, lost);
    }

    private static IEnumerable<FleetChange> Requests(SqliteConnection connection, int limit) => connection.Query<Row>(
        $"""
        SELECT {RequestRow.Columns}, r.unreported AS Unreported, CASE WHEN r.label IS NULL THEN '' ELSE l.annotator END AS Annotator
        FROM label_requests r LEFT JOIN labels l ON l.sequence = r.label_sequence
        WHERE r.unreported IS NOT NULL ORDER BY r.unreported LIMIT @limit
        """,
        new { limit }).Select(r => new RequestChange(r.Unreported, r.Summary(), r.Annotator ?? "") { RequestId = r.Id });

    private static IEnumerable<FleetChange> Forgotten(SqliteConnection connection, int limit) =>
        connection.Query<(long Change, string Model, string Version, string Id)>(
            "SELECT change, model, version, prediction_id FROM unreported_forgotten ORDER BY change LIMIT @limit", new { limit })
            .Select(f => new ForgottenChange(f.Change, new ModelKey(f.Model, f.Version), f.Id));

    private sealed class Row : RequestRow
    {
        public long Unreported { get; set; }

        public string? Annotator { get; set; }
    }
}
