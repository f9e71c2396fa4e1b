using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>SQL of the decisions.</summary>
internal static class Decisions
{
    private const string Columns =
        """
        model AS Model, version AS Version, challenger_version AS ChallengerVersion, champion_version AS ChampionVersion, kind AS Kind,
        promoted AS Promoted, champion_loss AS ChampionLoss, challenger_loss AS ChallengerLoss, standard_error AS StandardError,
        labels AS Labels, reason AS Reason, decided_at AS DecidedAt
        """;

    public static bool Record(SqliteConnection connection, PromotionRow decision, Origin origin)
    {
        Insert(connection, decision);
        MonitorAudit.Decided(connection, decision, origin);
        return true;
    }

    private static void Insert(SqliteConnection connection, PromotionRow d) => connection.Execute(
        """
        INSERT INTO decisions (model, version, challenger_version, champion_version, kind, promoted, champion_loss, challenger_loss,
            standard_error, labels, reason, decided_at)
        VALUES (@Model, @Version, @ChallengerVersion, @ChampionVersion, @Kind, @Promoted, @ChampionLoss, @ChallengerLoss,
            @StandardError, @Labels, @Reason, @DecidedAt)
        """,
        new
        {
            d.Key.Model,
            d.Key.Version,
            d.ChallengerVersion,
            d.ChampionVersion,
            Kind = (int)d.Kind,
            d.Promoted,
            ChampionLoss = NullIfNaN(d.ChampionLoss),
            ChallengerLoss = NullIfNaN(d.ChallengerLoss),
            StandardError = NullIfNaN(d.StandardError),
            d.Labels,
            d.Reason,
            DecidedAt = StoredTime.Write(d.DecidedAt),
        });

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<PromotionRow> List(SqliteConnection connection, ModelKey key, int limit) =>
        [.. connection.Query<Stored>(
            $"SELECT {Columns} FROM decisions WHERE model = @Model AND version = @Version ORDER BY id DESC LIMIT @limit",
            new { key.Model, key.Version, limit }).Select(d => d.Row())];

    /// <summary>Challengers that took over by evidence, not by a person's word.</summary>
    public static int Promotions(SqliteConnection connection, ModelKey key) => connection.ExecuteScalar<int>(
        "SELECT COUNT(*) FROM decisions WHERE model = @Model AND version = @Version AND promoted = 1 AND kind IN (@head, @network)",
        new { key.Model, key.Version, head = (int)PromotionKind.Recalibration, network = (int)PromotionKind.FineTuning });

    /// <summary>Forgets the oldest decisions against a challenger, of each model version all but the newest that are kept.</summary>
    /// <returns>Decisions forgotten, at most <paramref name="limit"/>.</returns>
    public static int Prune(SqliteConnection connection, int limit) => connection.Execute(
        """
        DELETE FROM decisions WHERE id IN (
            SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY model, version ORDER BY id DESC) AS age FROM decisions WHERE promoted = 0)
            WHERE age > @kept ORDER BY id LIMIT @limit)
        """,
        new { kept = RetentionBounds.KeptRefusals, limit });

    /// <summary>The last decision about each challenger.</summary>
    public static IReadOnlyList<PromotionRow> Last(SqliteConnection connection, string? model, string? version) =>
        [.. connection.Query<Stored>(
            $"""
            SELECT {Columns} FROM decisions
            WHERE id IN (SELECT MAX(id) FROM decisions WHERE {SqlFilter.OnModel(model, version)} GROUP BY model, version, challenger_version)
            """,
            new { model, version }).Select(d => d.Row())];

    private static double? NullIfNaN(double value) => double.IsNaN(value) ? null : value;

    private sealed class Stored
    {
        public string Model { get; set; } = "";

        public string Version { get; set; } = "";

        public string ChallengerVersion { get; set; } = "";

        public string? ChampionVersion { get; set; }

        public long Kind { get; set; }

        public long Promoted { get; set; }

        public double? ChampionLoss { get; set; }

        public double? ChallengerLoss { get; set; }

        public double? StandardError { get; set; }

        public long Labels { get; set; }

        public string Reason { get; set; } = "";

        public long DecidedAt { get; set; }

        public PromotionRow Row() => new()
        {
            Key = new ModelKey(Model, Version),
            ChallengerVersion = ChallengerVersion,
            ChampionVersion = ChampionVersion,
            Kind = (PromotionKind)Kind,
            Promoted = Promoted != 0,
            ChampionLoss = ChampionLoss ?? double.NaN,
            ChallengerLoss = ChallengerLoss ?? double.NaN,
            StandardError = StandardError ?? double.NaN,
            Labels = (int)Labels,
            Reason = Reason,
            DecidedAt = StoredTime.Read(DecidedAt),
        };
    }
}
