using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels list</c>: label requests with what became of them.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var format = new Option<TextFormat>("--format") { Description = "Format of the output.", DefaultValueFactory = _ => TextFormat.Csv };
        var names = ShownClasses.Option();
        var filter = new RequestFilter();
        var command = new Command(
            "list",
            """
            Print label requests, newest first, with state, label and annotator.

            The caller needs the role label.

              accuracy-monitor labels list --state waiting,leased
              accuracy-monitor labels list --annotator ann --since 2026-03-01 --format jsonl
            """)
        {
            format, names,
        };
        filter.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var (reveal, classes) = (filter.Reveal(call), ShownClasses.Of(call, names));
            await using var writer = TableWriter.Of(call.Value(format), call.Output, RequestTable.Columns(reveal, classes));
            await writer.WriteAsync(filter.ReadAsync(call, cancel).Select((ListedRequest r, CancellationToken reading) =>
                RequestTable.RowAsync(r, reveal, classes, reading)));
            return ExitCodes.Success;
        });
        return command;
    }
}
