using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>SQL of the evidence about networks, one row for each champion.</summary>
internal static class NetworkEvidence
{
    public static int Save(SqliteConnection connection, NetworkEvidenceRow row) => connection.Execute(
        """
        INSERT OR REPLACE INTO network_evidence (model, version, champion_version, log_value, mean, square, label_sequence)
        VALUES (@Model, @Version, @ChampionVersion, @LogValue, @Mean, @Square, @LabelSequence)
        """,
        new { row.Key.Model, row.Key.Version, row.ChampionVersion, row.LogValue, row.Mean, row.Square, row.LabelSequence });

    /// <returns>Null if there is none about this champion.</returns>
    public static NetworkEvidenceRow? Find(SqliteConnection connection, ModelKey key, string championVersion)
    {
        var stored = connection.QuerySingleOrDefault<Stored>(
            """
            SELECT log_value AS LogValue, mean AS Mean, square AS Square, label_sequence AS LabelSequence FROM network_evidence
            WHERE model = @Model AND version = @Version AND champion_version = @championVersion
            """,
            new { key.Model, key.Version, championVersion });
        return stored is null ? null : new NetworkEvidenceRow(key, championVersion, stored.LogValue, stored.Mean, stored.Square, stored.LabelSequence);
    }

    private sealed class Stored
    {
        public double LogValue { get; set; }

        public double Mean { get; set; }

        public double Square { get; set; }

        public long LabelSequence { get; set; }
    }
}
