using System.CommandLine;
using System.Runtime.CompilerServices;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Administration;

/// <summary><c>audit</c>: the audit trail of a running sidecar, as CSV or JSON Lines.</summary>
internal static class AuditCommand
{
    private const uint PageSize = 1000;

    public static Command Create()
    {
        var format = new Option<TextFormat>("--format") { Description = "Format of the output.", DefaultValueFactory = _ => TextFormat.Csv };
        var model = new Option<string>("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };
        var since = TimeOption.Create("--since", "Only entries at or after this time");
        var command = new Command(
            "audit",
            """
            Print the audit trail of a running sidecar: who changed what, when and from where.

            The entries are about monitors, labels and settings, newest first. The caller needs the role administer.

              accuracy-monitor audit --target unix:///run/accuracy-monitor/am.sock --since 2026-03-01 > audit.csv
              accuracy-monitor audit --target https://monitor:7700 --token-file token --format jsonl
            """)
        {
            format, model, version, since,
        };
        new SidecarOptions("administer").SetAction(command, async (call, cancel) =>
        {
            var request = new ListAuditEntriesRequest
            {
                PageSize = PageSize,
                Model = call.Value(model),
                Version = call.Value(version),
                Since = call.Value(since)?.ToTimestamp(),
            };
            await using var writer = TableWriter.Of(call.Value(format), call.Output, AuditTable.Columns);
            await writer.WriteAsync(ReadAsync(call, request, cancel).Select(AuditTable.Row));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async IAsyncEnumerable<AuditEntry> ReadAsync(
        SidecarCall call, ListAuditEntriesRequest request, [EnumeratorCancellation] CancellationToken cancel)
    {
        var service = new AuditService.AuditServiceClient(call.Channel);
        do
        {
            var page = await service.ListAuditEntriesAsync(request, cancellationToken: cancel);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}

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
