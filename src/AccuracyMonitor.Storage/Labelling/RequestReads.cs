using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that reads requests back.</summary>
internal static class RequestReads
{
    public static RequestRow? Find(SqliteConnection connection, ModelKey key, string predictionId) => connection.QuerySingleOrDefault<RequestRow>(
        $"SELECT {RequestRow.Columns} FROM label_requests r WHERE model = @Model AND version = @Version AND prediction_id = @predictionId",
        new { key.Model, key.Version, predictionId });

    public static RequestRow ById(SqliteConnection connection, long id) =>
        connection.QuerySingle<RequestRow>($"SELECT {RequestRow.Columns} FROM label_requests r WHERE id = @id", new { id });

    /// <summary>One page of the requests predicted at or after a time, in the order of their prediction, after the row of <paramref name="last"/>.</summary>
    public static IReadOnlyList<RequestRow> Page(SqliteConnection connection, ModelKey? key, DateTimeOffset since, RequestRow? last, int size) =>
        connection.Query<RequestRow>(
            $"""
            SELECT {RequestRow.Columns} FROM label_requests r
            WHERE {SqlFilter.OnModel(key?.Model, key?.Version)} AND (prediction_time, id) > (@time, @id) ORDER BY prediction_time, id LIMIT @size
            """,
            new { model = key?.Model, version = key?.Version, time = last?.PredictionTime ?? StoredTime.Write(since), id = last?.Id ?? 0, size }).AsList();

    /// <summary>The newest labels, then put into the order in which they were given.</summary>
    public static IReadOnlyList<LabelledRequest> Labelled(SqliteConnection connection, ModelKey key, DateTimeOffset since, int limit)
    {
        var rows = connection.Query<RequestRow>(
            $"""
            SELECT {RequestRow.ColumnsWithVector} FROM label_requests r JOIN request_vectors v ON v.request_id = r.id
            WHERE model = @Model AND version = @Version AND label IS NOT NULL AND prediction_time >= @since
            ORDER BY label_sequence DESC LIMIT @limit
            """,
            new { key.Model, key.Version, since = StoredTime.Write(since), limit }).AsList();
        rows.Reverse();
        return [.. rows.Select(r => new LabelledRequest(r.Request(), (int)r.Label!, r.LabelSequence!.Value, StoredTime.Read(r.LabelledAt!.Value)))];
    }

    public static long LabelsBy(SqliteConnection connection, string annotator, DateTimeOffset since) => connection.ExecuteScalar<long>(
        """
        SELECT COUNT(*) FROM labels l CROSS JOIN label_requests r ON r.id = l.request_id AND r.label_sequence = l.sequence
        WHERE l.annotator = @annotator AND l.labelled_at >= @since AND r.label IS NOT NULL
        """,
        new { annotator, since = StoredTime.Write(since) });

    public static IReadOnlyList<LabelEntry> History(SqliteConnection connection, ModelKey key, string predictionId) =>
        [.. connection.Query<LabelRow>(
            $"""
            SELECT {LabelRow.Columns} FROM labels l JOIN label_requests r ON r.id = l.request_id
            WHERE r.model = @Model AND r.version = @Version AND r.prediction_id = @predictionId ORDER BY l.sequence
            """,
            new { key.Model, key.Version, predictionId })
            .Select(e => e.Entry())];
}
