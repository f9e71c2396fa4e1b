using System.Security.Cryptography;
using AccuracyMonitor.Storage.Audit;
using Microsoft.Data.Sqlite;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>Entries of the audit trail about monitors.</summary>
internal static class MonitorAudit
{
    public static void Registered(SqliteConnection connection, MonitorRow monitor, Origin origin) => AuditTrail.Append(
        connection, origin, AuditAction.MonitorRegistered, monitor.Key,
        $"{monitor.MonitorVersion}: {monitor.Kind}, file SHA-256 {Convert.ToHexStringLower(SHA256.HashData(monitor.Onnx))}");

    /// <summary>A champion that nobody decided about: the first, or one that comes back since its successor can't be loaded.</summary>
    public static void Activated(SqliteConnection connection, MonitorInfo monitor, Origin origin) =>
        AuditTrail.Append(connection, origin, AuditAction.MonitorActivated, monitor.Key, $"{monitor.MonitorVersion} is the champion");

    /// <summary>A refusal that nobody asked for changes nothing, and is among the decisions.</summary>
    public static void Decided(SqliteConnection connection, PromotionRow decision, Origin origin)
    {
        var asked = origin.By != Actor.Sidecar;
        if (!decision.Promoted && !asked)
        {
            return;
        }

        var action = decision.Kind switch
        {
            PromotionKind.Manual => AuditAction.MonitorActivated,
            PromotionKind.RollBack => AuditAction.MonitorRolledBack,
            _ => asked ? AuditAction.MonitorAdapted : AuditAction.MonitorPromoted,
        };
        AuditTrail.Append(
            connection, origin, action, decision.Key,
            $"{decision.ChallengerVersion} {(decision.Promoted ? "took over from" : "was refused, and the champion stays")} {decision.ChampionVersion}: "
                + decision.Reason);
    }
}
