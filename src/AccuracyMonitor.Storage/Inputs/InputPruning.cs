using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Inputs;

/// <summary>SQL that deletes inputs that nobody needs any more. Their requests stay.</summary>
internal static class InputPruning
{
    /// <summary>Bytes that one call deletes of each kind, about: deleted pages are overwritten, so that they all go through the log once.</summary>
    public const long PieceBytes = 16 * 1024 * 1024;

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
        Delete(connection, Labelled, new { before = StoredTime.Write(bounds.LabelledBefore), limit }, PieceBytes),
        Delete(connection, Old, new { before = StoredTime.Write(bounds.AttachedBefore), limit }, PieceBytes),
        MakeRoom(connection, (long)(InputBounds.RoomShare * bounds.MaxTotalBytes), limit));

    /// <summary>Deletes inputs of ended requests, the oldest first.</summary>
    public static int Ended(SqliteConnection connection, int limit) => Delete(connection, OfEnded, new { limit }, PieceBytes);

    private static int MakeRoom(SqliteConnection connection, long bytes, int limit)
    {
        var excess = InputRows.Totals(connection).Charged - bytes;
        return excess > 0 ? Delete(connection, OfEnded, new { limit }, Math.Min(excess, PieceBytes)) : 0;
    }

    /// <summary>Deletes in the order of <paramref name="select"/>, until so many bytes are gone.</summary>
    private static int Delete(SqliteConnection connection, string select, object parameters, long bytes)
    {
        var gone = new List<long>();
        foreach (var (id, length) in connection.Query<(long, long)>(select, parameters))
        {
            if (bytes <= 0)
            {
                break;
            }

            gone.Add(id);
            bytes -= length + InputTotals.Overhead;
        }

        return connection.Execute("DELETE FROM request_inputs WHERE request_id = @id", gone.Select(static id => new { id }));
    }
}
