using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Naming;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Inputs;

/// <summary>SQL that stores inputs with their requests and reads them back.</summary>
internal static class InputRows
{
    public static AttachOutcome Attach(
        SqliteConnection connection, ModelKey key, NamedPrediction named, StoredInput input, long maxTotalBytes, DateTimeOffset now)
    {
        if (named.Problem.Length > 0)
        {
            return AttachOutcome.Ambiguous;
        }

        var (id, state, labelledAt, wanted) = connection.QuerySingleOrDefault<(long, long, long?, long)>(
            """
            SELECT id, state, CASE WHEN label IS NULL THEN NULL ELSE labelled_at END,
                EXISTS (SELECT 1 FROM doubled_requests WHERE request_id = id AND wanted <> 0)
            FROM label_requests WHERE model = @Model AND version = @Version AND prediction_id = @predictionId
            """,
            new { key.Model, key.Version, predictionId = named.Id });
        if (id == 0)
        {
            return AttachOutcome.NotRequested;
        }

        var before = Read(connection, id);
        if (before is not null && before.ContentType == input.ContentType && before.Content.Span.SequenceEqual(input.Content.Span))
        {
            return AttachOutcome.Unchanged;
        }

        // Who is asked for a second opinion needs the input.
        if (state == (long)RequestState.Answered && wanted == 0)
        {
            return AttachOutcome.Answered;
        }

        if (Totals(connection).Charged + InputTotals.Overhead + input.Content.Length - (before?.Content.Length + InputTotals.Overhead ?? 0) > maxTotalBytes)
        {
            return AttachOutcome.Full;
        }

        connection.Execute(
            """
            INSERT INTO request_inputs (request_id, content_type, bytes, attached_at, labelled_at) VALUES (@id, @ContentType, @Length, @now, @labelledAt)
                ON CONFLICT DO UPDATE SET content_type = excluded.content_type, bytes = excluded.bytes, attached_at = excluded.attached_at;
            INSERT INTO request_input_contents (request_id, content) VALUES (@id, @content)
                ON CONFLICT DO UPDATE SET content = excluded.content
            """,
            new { id, input.ContentType, input.Content.Length, now = StoredTime.Write(now), labelledAt, content = input.Content.ToArray() });
        return before is null ? AttachOutcome.Attached : AttachOutcome.Replaced;
    }

    public static StoredInput? Find(SqliteConnection connection, ModelKey key, NamedPrediction named) => connection.ExecuteScalar<long?>(
        "SELECT id FROM label_requests WHERE model = @Model AND version = @Version AND prediction_id = @predictionId",
        new { key.Model, key.Version, predictionId = named.Id }) is { } id ? Read(connection, id) : null;

    /// <param name="requestId">Of <c>label_requests</c>.</param>
    public static InputSummary? Summary(SqliteConnection connection, long requestId) =>
        connection.QuerySingleOrDefault<(string? ContentType, long Bytes, long At)>(
            "SELECT content_type, bytes, attached_at FROM request_inputs WHERE request_id = @requestId", new { requestId }) is { ContentType: { } type } row
            ? new InputSummary(type, row.Bytes, StoredTime.Read(row.At))
            : null;

    public static InputTotals Totals(SqliteConnection connection)
    {
        var (inputs, bytes) = connection.QuerySingle<(long, long)>("SELECT inputs, bytes FROM input_totals");
        return new InputTotals(inputs, bytes);
    }

    private static StoredInput? Read(SqliteConnection connection, long requestId) => connection.QuerySingleOrDefault<(string? ContentType, byte[] Content)>(
        "SELECT i.content_type, c.content FROM request_inputs i JOIN request_input_contents c ON c.request_id = i.request_id WHERE i.request_id = @requestId",
        new { requestId }) is { ContentType: { } type } row
        ? new StoredInput(type, row.Content)
        : null;
}
