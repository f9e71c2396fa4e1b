using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Inputs;

/// <summary>SQL that deletes inputs that nobody needs any more. Their requests stay.</summary>
internal static class InputPruning
{
    /// <summary>While a second opinion is wanted, its annotator must see the input.</summary>
    private const string Unwanted = "NOT EXISTS (SELECT 1 FROM doubled_requests d WHERE d.request_id = i.request_id AND d.wanted <> 0)";

    /// <summary>1 and 2: <see cref="RequestState.Waiting"/> and <see cref="RequestState.Leased"/>.</summary>
    private const string OfEnded =
        $"""
        FROM request_inputs i JOIN label_requests r ON r.id = i.request_id
        WHERE r.state NOT IN (1, 2) AND {Unwanted} ORDER BY i.attached_at, i.request_id LIMIT @limit
        """;

    /// <param name="limit">Of each kind.</param>
    public static PrunedInputs Run(SqliteConnection connection, InputBounds bounds, int limit)
    {
        var labelled = connection.Execute(
            $"""
            DELETE FROM request_inputs WHERE request_id IN
                (SELECT i.request_id FROM request_inputs i WHERE i.labelled_at <= @before AND {Unwanted}
                 ORDER BY i.labelled_at LIMIT @limit)
            """,
            new { before = StoredTime.Write(bounds.LabelledBefore), limit });
        var old = connection.Execute(
            """
            DELETE FROM request_inputs WHERE request_id IN
                (SELECT request_id FROM request_inputs WHERE attached_at < @before ORDER BY attached_at LIMIT @limit)
            """,
            new { before = StoredTime.Write(bounds.AttachedBefore), limit });
        return new PrunedInputs(labelled, old, MakeRoom(connection, (long)(InputBounds.RoomShare * bounds.MaxTotalBytes), limit));
    }

    /// <summary>Deletes inputs of ended requests, the oldest first.</summary>
    public static int Ended(SqliteConnection connection, int limit) => connection.Execute(
        $"DELETE FROM request_inputs WHERE request_id IN (SELECT i.request_id {OfEnded})", new { limit });

    private static int MakeRoom(SqliteConnection connection, long bytes, int limit)
    {
        var excess = InputRows.Totals(connection).Charged - bytes;
        if (excess <= 0)
        {
            return 0;
        }

        var gone = new List<long>();
        foreach (var (id, length) in connection.Query<(long, long)>($"SELECT i.request_id, i.bytes {OfEnded}", new { limit }))
        {
            if (excess <= 0)
            {
                break;
            }

            gone.Add(id);
            excess -= length + InputTotals.Overhead;
        }

        return connection.Execute("DELETE FROM request_inputs WHERE request_id = @id", gone.Select(static id => new { id }));
    }
}
