using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Truth;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>SQL that deletes all that is kept of predictions which are named. Sums and counts that they are part of stay: these name nobody.</summary>
internal static class Forgetting
{
    public static Forgotten Forget(SqliteConnection connection, ModelKey key, IEnumerable<string> predictionIds, Origin origin)
    {
        var ids = predictionIds.Distinct(StringComparer.Ordinal).ToArray();
        var rows = ids.Select(id => RequestReads.Find(connection, key, id)).OfType<RequestRow>().ToArray();
        var known = rows.Select(r => r.PredictionId).ToHashSet(StringComparer.Ordinal);
        known.UnionWith(ids.Where(id => LabelsApart.Delete(connection, key, id) | PredictionMemory.Forget(connection, key, id)));

        // Inputs, vectors, leases and labels go with their request (ON DELETE CASCADE).
        connection.Execute("DELETE FROM label_requests WHERE id = @Id", rows.Select(r => new { r.Id }));
        if (known.Count > 0)
        {
            // Never with the ids: the trail would keep what was to be forgotten.
            AuditTrail.Append(connection, origin, AuditAction.PredictionsForgotten, key, $"{known.Count} forgotten");
        }

        return new Forgotten([.. rows.Select(r => r.Summary())], known.Count);
    }
}

/// <summary>What was deleted of predictions.</summary>
/// <param name="Requests">The requests as they were.</param>
/// <param name="Predictions">Predictions of which something was kept.</param>
public sealed record Forgotten(IReadOnlyList<RequestSummary> Requests, int Predictions);
