using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage;

/// <summary>What one piece of the deletion of a model has deleted.</summary>
/// <param name="More">There is more to delete: call again.</param>
public sealed record DeletedPiece(long Requests, int Monitors, bool More);

/// <summary>SQL that deletes, piece by piece, all that is kept of a model or of one version. The audit trail keeps its entries, and predictions that
/// a hub is still to be told to forget wait on.</summary>
internal static class ModelDeletion
{
    /// <summary>Of a few rows for a version, or a day and version.</summary>
    private static readonly string[] SmallTables =
    [
        "closed_windows", "uniform_labels", "queue_counts", "opinion_counts", "apart_counts", "activations", "monitors", "decisions", "network_evidence",
        "remembered_models", "prediction_callers",
    ];

    /// <param name="origin">Who asked, for the audit trail; null: the piece goes on with what is recorded already.</param>
    /// <param name="limit">Rows of the large tables.</param>
    public static DeletedPiece Delete(SqliteConnection connection, string model, string version, Origin? origin, int limit)
    {
        if (origin is not null)
        {
            AuditTrail.Append(connection, origin, AuditAction.ModelDeleted, new ModelKey(model, version), version.Length == 0 ? "all versions" : "");
        }

        var arguments = new { model, version, limit };
        var condition = SqlFilter.OnModel(model, version);

        // Inputs first, which are the largest.
        if (InputPruning.OfModel(connection, model, version, limit))
        {
            return new DeletedPiece(0, 0, More: true);
        }

        // Vectors (K float32 values), leases and labels go with their request (ON DELETE CASCADE).
        var rows = connection.Query<(long Id, long Bytes)>(
            $"SELECT id, 4 * class_count FROM label_requests WHERE {condition} LIMIT @limit", arguments).AsList();
        var piece = BytePiece.Take(rows);
        var requests = connection.Execute("DELETE FROM label_requests WHERE id = @id", piece.Select(static id => new { id }));
        if (piece.Count < rows.Count || rows.Count == limit)
        {
            return new DeletedPiece(requests, 0, More: true);
        }

        var buckets = connection.Execute(
            $"""
            DELETE FROM prediction_buckets WHERE (model, version, segment, predicted_class, "window", start) IN
                (SELECT model, version, segment, predicted_class, "window", start FROM prediction_buckets WHERE {condition} LIMIT @limit)
            """,
            arguments);
        var apart = buckets == limit ? limit : connection.Execute(
            $"DELETE FROM labels_apart WHERE sequence IN (SELECT sequence FROM labels_apart WHERE {condition} LIMIT @limit)", arguments);
        var remembered = apart == limit ? limit : connection.Execute(
            $"""
            DELETE FROM remembered_predictions WHERE (model_id, id_hash) IN
                (SELECT model_id, id_hash FROM remembered_predictions JOIN remembered_models ON id = model_id WHERE {condition} LIMIT @limit)
            """,
            arguments);
        if (remembered == limit)
        {
            return new DeletedPiece(requests, 0, More: true);
        }

        var monitors = connection.ExecuteScalar<int>($"SELECT COUNT(*) FROM monitors WHERE {condition}", arguments);
        foreach (var table in SmallTables)
        {
            connection.Execute($"DELETE FROM {table} WHERE {condition}", arguments);
        }

        connection.Execute("DELETE FROM monitor_graphs WHERE sha256 NOT IN (SELECT sha256 FROM monitors)");
        return new DeletedPiece(requests, monitors, More: false);
    }
}
