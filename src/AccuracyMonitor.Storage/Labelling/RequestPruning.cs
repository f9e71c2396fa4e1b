using AccuracyMonitor.Core.Labelling;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that forgets old requests, with their inputs, vectors, leases and labels.</summary>
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

    /// <summary>Forgets the softmax vectors of ended requests, the oldest first: estimates and alarms go on, and fine-tuning has fewer rows. Never of one
    /// whose end has not come, which may be opened again, and of one that is still to be leased for another opinion.</summary>
    public static int PruneVectors(SqliteConnection connection, DateTimeOffset now, int limit) => connection.Execute(
        $"""
        DELETE FROM request_vectors WHERE request_id IN
            (SELECT v.request_id FROM request_vectors v JOIN label_requests r ON r.id = v.request_id
             WHERE r.state NOT IN ({(int)RequestState.Waiting}, {(int)RequestState.Leased})
                AND (r.state <> {(int)RequestState.Expired} OR r.expires_at <= @now)
                AND NOT EXISTS (SELECT 1 FROM doubled_requests d WHERE d.request_id = r.id AND d.wanted <> 0)
             ORDER BY v.request_id LIMIT @limit)
        """,
        new { now = StoredTime.Write(now), limit });
}
