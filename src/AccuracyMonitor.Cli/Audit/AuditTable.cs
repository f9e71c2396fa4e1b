using AccuracyMonitor.Cli.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Audit;

/// <summary>Entries of the audit trail as rows of a table.</summary>
internal static class AuditTable
{
    public static readonly TableColumn[] Columns =
    [
        new("sequence", ColumnKind.Whole), new("time"), new("actor"), new("peer_address"), new("action"), new("model"), new("version"), new("detail"),
    ];

    public static object?[] Row(AuditEntry e) =>
        [e.Sequence, WireText.Of(e.Time), e.Actor, e.PeerAddress, WireText.Of(e.Action), e.Model, e.Version, e.Detail];
}
