using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>SQL that forgets monitors that can no longer come back, with their files.</summary>
internal static class MonitorPruning
{
    /// <summary>
    /// Keeps, of each model version, the champion, the newest <paramref name="kept"/> monitors and those of the last <paramref name="kept"/>
    /// activations that a roll-back would walk through.
    /// </summary>
    /// <returns>Monitors forgotten, at most <paramref name="limit"/>.</returns>
    public static int Prune(SqliteConnection connection, int kept, int limit)
    {
        var crowded = connection.Query<(string Model, string Version)>(
            """
            SELECT model, version FROM monitors GROUP BY model, version HAVING COUNT(*) > @kept
            UNION SELECT model, version FROM activations GROUP BY model, version HAVING COUNT(*) > 2 * @kept
            """,
            new { kept }).AsList();
        var removed = 0;
        foreach (var (model, version) in crowded.TakeWhile(_ => removed < limit))
        {
            removed += Prune(connection, model, version, kept, limit - removed);
        }

        if (removed > 0)
        {
            connection.Execute("DELETE FROM monitor_graphs WHERE sha256 NOT IN (SELECT sha256 FROM monitors)");
        }

        return removed;
    }

    private static int Prune(SqliteConnection connection, string model, string version, int kept, int limit)
    {
        var key = new { model, version, kept, limit };

        // The way back: from the last activation, `previous` by `previous`.
        var way = connection.Query<long>(
            """
            WITH RECURSIVE way (id, previous, step) AS (
                SELECT * FROM (SELECT id, previous, 1 FROM activations WHERE model = @model AND version = @version ORDER BY id DESC LIMIT 1)
                UNION ALL
                SELECT a.id, a.previous, way.step + 1 FROM way JOIN activations a ON a.id = way.previous WHERE way.step < @kept)
            SELECT id FROM way
            """,
            key).AsList();
        var end = way.Count > 0 ? way[^1] : 0;
        connection.Execute("UPDATE activations SET previous = NULL WHERE id = @end", new { end });
        connection.Execute(
            "DELETE FROM activations WHERE model = @model AND version = @version AND id NOT IN @way", new { model, version, way });
        return connection.Execute(
            """
            DELETE FROM monitors WHERE id IN (
                SELECT id FROM monitors WHERE model = @model AND version = @version
                    AND id NOT IN (SELECT id FROM monitors WHERE model = @model AND version = @version ORDER BY id DESC LIMIT @kept)
                    AND id NOT IN (SELECT monitor_id FROM activations)
                ORDER BY id LIMIT @limit)
            """,
            key);
    }
}
