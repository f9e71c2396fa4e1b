using System.Text.Json;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Inputs;

/// <summary>SQL that deletes inputs that nobody needs any more. Their requests stay.</summary>
internal static class InputPruning
{
    /// <summary>While a second opinion is wanted, its annotator must see the input.</summary>
    private const string Unwanted = "NOT EXISTS (SELECT 1 FROM doubled_requests d WHERE d.request_id = i.request_id AND d.wanted <> 0)";

    private const string Labelled =
        $"SELECT i.request_id, i.bytes FROM request_inputs i WHERE i.labelled_at <= @before AND {Unwanted} ORDER BY i.labelled_at LIMIT @limit";

    private const string Old = "SELECT request_id, bytes FROM request_inputs WHERE attached_at < @before ORDER BY attached_at LIMIT @limit";

    /// <summary>1 and 2: <see cref="RequestState.Waiting"/> and <see cref="RequestState.Leased"/>.</summary>
    private const string OfEnded =
        $"""
        SELECT i.request_id, i.bytes FROM request_inputs i JOIN label_requests r ON r.id = i.request_id
        WHERE r.state NOT IN (1, 2) AND {Unwanted} ORDER BY i.attached_at, i.request_id LIMIT @limit
        """;

    /// <param name="limit">Of each kind.</param>
    public static PrunedInputs Run(SqliteConnection connection, InputBounds bounds, int limit) => new(
        Delete(connection, Labelled, new { before = StoredTime.Write(bounds.LabelledBefore), limit }, BytePiece.MaxBytes),
        Delete(connection, Old, new { before = StoredTime.Write(bounds.AttachedBefore), limit }, BytePiece.MaxBytes),
        MakeRoom(connection, (long)(InputBounds.RoomShare * bounds.MaxTotalBytes), limit));

    /// <summary>Deletes inputs of ended requests, the oldest first.</summary>
    public static int Ended(SqliteConnection connection, int limit) => Delete(connection, OfEnded, new { limit }, BytePiece.MaxBytes);

    /// <summary>Deletes a piece of the inputs of a model, or of one version.</summary>
    /// <returns>Whether there may be more.</returns>
    public static bool OfModel(SqliteConnection connection, string model, string version, int limit) => DeletePiece(
        connection,
        $"""
        SELECT i.request_id, i.bytes FROM label_requests r CROSS JOIN request_inputs i ON i.request_id = r.id
        WHERE {SqlFilter.OnModel(model, version)} LIMIT @limit
        """,
        new { model, version, limit },
        limit);

    /// <summary>Deletes a piece of the inputs of predictions.</summary>
    /// <returns>Whether there may be more.</returns>
    public static bool OfPredictions(SqliteConnection connection, ModelKey key, IEnumerable<string> predictionIds) => DeletePiece(
        connection,
        """
        SELECT i.request_id, i.bytes FROM json_each(@ids) id CROSS JOIN label_requests r
            ON r.model = @Model AND r.version = @Version AND r.prediction_id = id.value
        JOIN request_inputs i ON i.request_id = r.id
        """,
        new { key.Model, key.Version, ids = JsonSerializer.Serialize(predictionIds) },
        int.MaxValue);

    private static bool DeletePiece(SqliteConnection connection, string select, object parameters, int limit)
    {
        var rows = connection.Query<(long Id, long Bytes)>(select, parameters).AsList();
        var gone = BytePiece.Take(rows.Select(i => (i.Id, i.Bytes + InputTotals.Overhead)));
        connection.Execute("DELETE FROM request_inputs WHERE request_id = @id", gone.Select(static id => new { id }));
        return gone.Count < rows.Count || rows.Count == limit;
    }

    private static int MakeRoom(SqliteConnection connection, long bytes, int limit)
    {
        var excess = InputRows.Totals(connection).Charged - bytes;
        return excess > 0 ? Delete(connection, OfEnded, new { limit }, Math.Min(excess, BytePiece.MaxBytes)) : 0;
    }

    /// <summary>Deletes in the order of <paramref name="select"/>, until so many bytes are gone.</summary>
    private static int Delete(SqliteConnection connection, string select, object parameters, long bytes)
    {
        var gone = BytePiece.Take(connection.Query<(long Id, long Bytes)>(select, parameters).Select(i => (i.Id, i.Bytes + InputTotals.Overhead)), bytes);
        return connection.Execute("DELETE FROM request_inputs WHERE request_id = @id", gone.Select(static id => new { id }));
    }
}
