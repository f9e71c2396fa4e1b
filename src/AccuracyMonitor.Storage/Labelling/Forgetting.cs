using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that deletes all that is kept of predictions which are named. Sums and counts that they are part of stay: these name nobody.</summary>
internal static class Forgetting
{
    /// <returns>The requests as they were.</returns>
    public static IReadOnlyList<RequestSummary> Forget(SqliteConnection connection, ModelKey key, IEnumerable<string> predictionIds, Origin origin)
    {
        var rows = predictionIds.Distinct(StringComparer.Ordinal).Select(id => RequestReads.Find(connection, key, id)).OfType<RequestRow>().ToArray();

        // Inputs, vectors, leases and labels go with their request (ON DELETE CASCADE).
        connection.Execute("DELETE FROM label_requests WHERE id = @Id", rows.Select(r => new { r.Id }));
        if (rows.Length > 0)
        {
            // Never with the ids: the trail would keep what was to be forgotten.
            AuditTrail.Append(connection, origin, AuditAction.PredictionsForgotten, key, $"{rows.Length} forgotten");
        }

        return [.. rows.Select(r => r.Summary())];
    }
}
