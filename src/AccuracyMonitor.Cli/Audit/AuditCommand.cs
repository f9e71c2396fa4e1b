using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Cli.Tables;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Cli.Audit;

/// <summary><c>audit</c>: the audit trail of a running sidecar, as CSV or JSON Lines.</summary>
internal static class AuditCommand
{
    private const uint PageSize = 1000;

    public static Command Create()
    {
        var format = new Option<TextFormat>("--format") { Description = "csv or jsonl.", DefaultValueFactory = _ => TextFormat.Csv };
        var model = new Option<string>("--model") { Description = "Only this model.", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "Only this version.", DefaultValueFactory = _ => "" };
        var since = TimeOption.Create("--since", "Only what was done at or after it");
        var command = new Command(
            "audit",
            """
            Print the audit trail of a running sidecar, newest first: who changed monitors, labels and settings, when and from where. It needs the role
            administer.

              accuracy-monitor audit --target unix:///run/accuracy-monitor/am.sock --since 2026-03-01 > audit.csv
              accuracy-monitor audit --target https://monitor:7700 --token-file token --format jsonl
            """)
        {
            format, model, version, since,
        };
        new SidecarOptions("administer").SetAction(command, async (call, cancel) =>
        {
            await PrintAsync(
                call,
                new ListAuditEntriesRequest
                {
                    PageSize = PageSize,
                    Model = call.Value(model),
                    Version = call.Value(version),
                    Since = call.Value(since)?.ToTimestamp(),
                },
                call.Value(format), cancel);
            return ExitStatus.Success;
        });
        return command;
    }

    private static async Task PrintAsync(SidecarCall call, ListAuditEntriesRequest request, TextFormat format, CancellationToken cancel)
    {
        var service = new AuditService.AuditServiceClient(call.Channel);
        await using var writer = TableWriter.Of(format, call.Output, AuditTable.Columns);
        await writer.BeginAsync();
        do
        {
            var page = await service.ListAuditEntriesAsync(request, cancellationToken: cancel);
            foreach (var entry in page.Entries)
            {
                await writer.WriteAsync(AuditTable.Row(entry));
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}
