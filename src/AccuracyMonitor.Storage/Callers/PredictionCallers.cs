using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Callers;

/// <summary>SQL of the authenticated callers of whose predictions something is kept.</summary>
internal static class PredictionCallers
{
    /// <summary>Remembers the caller of a prediction that is kept.</summary>
    public static void Add(SqliteConnection connection, ModelKey key, string kept)
    {
        var prefix = PredictionIds.PrefixIn(kept);
        if (prefix.Length > 0)
        {
            connection.Prepared(
                "INSERT INTO prediction_callers (model, version, prefix) VALUES (@Model, @Version, @prefix) ON CONFLICT DO NOTHING",
                ("@Model", key.Model),
                ("@Version", key.Version),
                ("@prefix", prefix)).ExecuteNonQuery();
        }
    }

    /// <summary>What the ids of the callers of a version begin with.</summary>
    public static IReadOnlyList<string> Prefixes(SqliteConnection connection, ModelKey key) => connection.Query<string>(
        "SELECT prefix FROM prediction_callers WHERE model = @Model AND version = @Version", new { key.Model, key.Version }).AsList();
}
