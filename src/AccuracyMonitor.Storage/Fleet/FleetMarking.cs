using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>SQL that marks all that is stored, piece by piece, and what is to be forgotten.</summary>
internal static class FleetMarking
{
    /// <summary>Predictions to be forgotten that wait for the hub at most.</summary>
    public const int MaxForgotten = 100_000;

    private const string Key = """model, version, segment, predicted_class, "window", start""";

    /// <summary>Marks everything from the start, even if an earlier marking was not finished.</summary>
    public static void Begin(SqliteConnection connection) => connection.Execute(
        $"INSERT OR REPLACE INTO hub_marking (id, request_id, {Key}) VALUES (1, 0, '', '', '', -3, 0, 0)");

    /// <summary>Marks the next requests, then the next buckets. What is marked already gets a later number: it may have changed while nothing was
    /// marked.</summary>
    /// <returns>Whether there is more.</returns>
    public static bool Mark(SqliteConnection connection, int limit)
    {
        if (connection.QuerySingleOrDefault<long?>("SELECT request_id FROM hub_marking") is not { } position)
        {
            return false;
        }

        var change = FleetSources.NextChange(connection);
        var requests = connection.Query<long>(
            """
            UPDATE label_requests SET unreported = @change WHERE id IN (SELECT id FROM label_requests WHERE id > @position ORDER BY id LIMIT @limit)
            RETURNING id
            """,
            new { change, position, limit }).AsList();
        if (requests.Count > 0)
        {
            connection.Execute("UPDATE hub_marking SET request_id = @last", new { last = requests.Max() });
        }

        return requests.Count == limit || MarkBuckets(connection, change, limit - requests.Count) || End(connection);
    }

    /// <summary>Of a database that ever had a hub, also of predictions that are not kept here: the hub may have kept them longer.</summary>
    public static void Forget(SqliteConnection connection, ModelKey key, IReadOnlyList<string> predictionIds)
    {
        foreach (var id in predictionIds)
        {
            connection.Execute("UPDATE hub_source SET changes = changes + 1");
            connection.Execute(
                """
                INSERT OR REPLACE INTO unreported_forgotten (change, model, version, prediction_id)
                SELECT changes, @Model, @Version, @id FROM hub_source
                """,
                new { key.Model, key.Version, id });
        }

        var lost = connection.Execute(
            "DELETE FROM unreported_forgotten WHERE change <= (SELECT change FROM unreported_forgotten ORDER BY change DESC LIMIT 1 OFFSET @MaxForgotten)",
            new { MaxForgotten });
        if (lost > 0)
        {
            connection.Execute("UPDATE hub_source SET forgotten_lost = forgotten_lost + @lost", new { lost });
        }
    }

    /// <returns>Whether there is more.</returns>
    private static bool MarkBuckets(SqliteConnection connection, long change, int limit)
    {
        const string Next = $"SELECT {Key} FROM prediction_buckets WHERE ({Key}) > (SELECT {Key} FROM hub_marking) ORDER BY {Key} LIMIT";
        var buckets = connection.Execute(
            $"UPDATE prediction_buckets SET unreported = @change WHERE ({Key}) IN ({Next} @limit)", new { change, limit });
        if (buckets > 0)
        {
            connection.Execute($"UPDATE hub_marking SET ({Key}) = ({Next} 1 OFFSET @last)", new { last = buckets - 1 });
        }

        return buckets == limit;
    }

    private static bool End(SqliteConnection connection)
    {
        connection.Execute("DELETE FROM hub_marking");
        return false;
    }
}
