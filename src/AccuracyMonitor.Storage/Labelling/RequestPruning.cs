using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that forgets old requests, with their vectors, leases and labels.</summary>
internal static class RequestPruning
{
    /// <summary>Never one that waits or is leased: those end by an answer, a skip or their expiry first.</summary>
    public static int Prune(SqliteConnection connection, DateTimeOffset before, int limit) => connection.Execute(
        $"""
        DELETE FROM label_requests WHERE id IN
            (SELECT id FROM label_requests
             WHERE prediction_time < @before AND state NOT IN ({(int)RequestState.Waiting}, {(int)RequestState.Leased})
             ORDER BY prediction_time LIMIT @limit)
        """,
        new { before = StoredTime.Write(before), limit });
}
