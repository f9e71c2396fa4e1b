using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>SQL of who is and was champion.</summary>
internal static class Activations
{
    /// <returns>The champion now; null when no such monitor is registered, and then nothing changed.</returns>
    public static MonitorRow? Activate(SqliteConnection connection, ModelKey key, string monitorVersion, PromotionRow? decision, Origin origin)
    {
        if (Registry.Find(connection, key, monitorVersion) is not { } monitor)
        {
            return null;
        }

        if (decision is not null)
        {
            Decisions.Record(connection, decision, origin);
        }

        var last = Last(connection, key);
        if (last?.MonitorId != monitor.Id)
        {
            Append(connection, key, monitor.Id, last?.Id, origin.At);
            if (decision is null)
            {
                MonitorAudit.Activated(connection, monitor.Info(), origin);
            }
        }

        return Registry.WithGraph(connection, monitor);
    }

    /// <returns>The champion now; null when there is none to go back to, and then nothing changed.</returns>
    public static MonitorRow? RollBack(SqliteConnection connection, ModelKey key, string reason, Origin origin)
    {
        if (Last(connection, key) is not { Previous: { } previous } last)
        {
            return null;
        }

        var target = Find(connection, previous);
        var (champion, from) = (Registry.ById(connection, target.MonitorId), Registry.ById(connection, last.MonitorId));
        Append(connection, key, target.MonitorId, target.Previous, origin.At);
        var decision = new PromotionRow
        {
            Key = key,
            ChallengerVersion = champion.MonitorVersion,
            ChampionVersion = from.MonitorVersion,
            Kind = PromotionKind.RollBack,
            Promoted = true,
            Reason = reason,
            DecidedAt = origin.At,
        };
        Decisions.Record(connection, decision, origin);
        return Registry.WithGraph(connection, champion);
    }

    public static MonitorRow? Active(SqliteConnection connection, ModelKey key) =>
        Last(connection, key) is { } last ? Registry.WithGraph(connection, Registry.ById(connection, last.MonitorId)) : null;

    public static HashSet<long> ActiveMonitorIds(SqliteConnection connection) =>
        [.. connection.Query<long>("SELECT monitor_id FROM activations WHERE id IN (SELECT MAX(id) FROM activations GROUP BY model, version)")];

    private static Stored? Last(SqliteConnection connection, ModelKey key) => connection.QuerySingleOrDefault<Stored>(
        "SELECT id AS Id, monitor_id AS MonitorId, previous AS Previous FROM activations WHERE model = @Model AND version = @Version ORDER BY id DESC LIMIT 1",
        new { key.Model, key.Version });

    private static Stored Find(SqliteConnection connection, long id) => connection.QuerySingle<Stored>(
        "SELECT id AS Id, monitor_id AS MonitorId, previous AS Previous FROM activations WHERE id = @id", new { id });

    private static void Append(SqliteConnection connection, ModelKey key, long monitorId, long? previous, DateTimeOffset now) => connection.Execute(
        "INSERT INTO activations (model, version, monitor_id, previous, activated_at) VALUES (@Model, @Version, @monitorId, @previous, @now)",
        new { key.Model, key.Version, monitorId, previous, now = StoredTime.Write(now) });

    private sealed class Stored
    {
        public long Id { get; set; }

        public long MonitorId { get; set; }

        public long? Previous { get; set; }
    }
}
