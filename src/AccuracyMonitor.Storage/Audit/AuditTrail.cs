using AccuracyMonitor.Core;
using Dapper;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Audit;

/// <summary>SQL of the audit trail.</summary>
internal static class AuditTrail
{
    public const int MaxDetail = 500;

    /// <summary>Of the subject and of the address, which the caller's authentication chooses.</summary>
    public const int MaxName = 200;

    private static readonly AuditAction[] OfLabelling = [AuditAction.LabelsCompleted, AuditAction.LabelsRetracted, AuditAction.LabelsSkipped];

    /// <param name="connection">In the transaction of the change.</param>
    /// <param name="origin">Who made it.</param>
    /// <param name="action">What was done.</param>
    /// <param name="key">To which model version; the default value: to none.</param>
    /// <param name="detail">Cut to <see cref="MaxDetail"/>.</param>
    public static void Append(SqliteConnection connection, Origin origin, AuditAction action, ModelKey key, string detail) => connection.Execute(
        """
        INSERT INTO audit (at, actor, address, action, model, version, detail, labelling)
        VALUES (@at, @actor, @address, @action, @model, @version, @detail, @labelling)
        """,
        new
        {
            at = StoredTime.Write(origin.At),
            actor = Text(origin.By.Subject, MaxName),
            address = Text(origin.By.Address, MaxName),
            action = (int)action,
            model = key.Model ?? "",
            version = key.Version ?? "",
            detail = Text(detail, MaxDetail),
            labelling = OfLabelling.Contains(action),
        });

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<AuditEntry> List(SqliteConnection connection, AuditQuery query) =>
        [.. connection.Query<Stored>(
            $"""
            SELECT sequence AS Sequence, at AS At, actor AS Actor, address AS Address, action AS Action, model AS Model, version AS Version, detail AS Detail
            FROM audit WHERE sequence < @Before AND at >= @since AND {SqlFilter.OnModel(query.Model, query.Version)} ORDER BY sequence DESC LIMIT @Limit
            """,
            new { query.Before, since = StoredTime.Write(query.Since), model = query.Model, version = query.Version, query.Limit })
            .Select(s => s.Entry())];

    /// <summary>Forgets the oldest entries: those made before a time, and those beyond the bounds by number.</summary>
    /// <returns>Entries forgotten, at most <paramref name="limit"/>.</returns>
    public static int Prune(SqliteConnection connection, DateTimeOffset before, int limit)
    {
        var pruned = Prune(connection, labelling: true, RetentionBounds.KeptLabelAudits, before, limit);
        return pruned + Prune(connection, labelling: false, RetentionBounds.KeptAudits, before, limit - pruned);
    }

    private static int Prune(SqliteConnection connection, bool labelling, int kept, DateTimeOffset before, int limit) => connection.Execute(
        """
        DELETE FROM audit WHERE sequence IN (
            SELECT sequence FROM audit WHERE labelling = @labelling AND (
                sequence < COALESCE((SELECT sequence FROM audit WHERE labelling = @labelling AND at >= @before ORDER BY sequence LIMIT 1), @all)
                OR sequence <= (SELECT sequence FROM audit WHERE labelling = @labelling ORDER BY sequence DESC LIMIT 1 OFFSET @kept))
            ORDER BY sequence LIMIT @limit)
        """,
        new { labelling, kept, before = StoredTime.Write(before), all = long.MaxValue, limit });

    /// <summary>Without control characters, which would reach the terminal of whoever reads the trail.</summary>
    private static string Text(string text, int bound)
    {
        var kept = text.Length <= bound ? text : text[..(char.IsHighSurrogate(text[bound - 1]) ? bound - 1 : bound)];
        return kept.Any(char.IsControl) ? string.Concat(kept.Select(c => char.IsControl(c) ? ' ' : c)) : kept;
    }

    /// <summary>As Dapper fills it: SQLite's own types.</summary>
    private sealed class Stored
    {
        public long Sequence { get; set; }

        public long At { get; set; }

        public string Actor { get; set; } = "";

        public string Address { get; set; } = "";

        public long Action { get; set; }

        public string Model { get; set; } = "";

        public string Version { get; set; } = "";

        public string Detail { get; set; } = "";

        public AuditEntry Entry() => new()
        {
            Sequence = Sequence,
            Origin = new Origin(new Actor(Actor, Address), StoredTime.Read(At)),
            Action = (AuditAction)Action,
            Key = new ModelKey(Model, Version),
            Detail = Detail,
        };
    }
}
