using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels.Files;

/// <summary><c>labels export</c>: label requests as a file to label in.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "File to write: .csv, .jsonl, .ndjson or .parquet. Replaced when it is there." };
        var filter = new RequestFilter(RequestState.Waiting, RequestState.Leased);
        var command = new Command(
            "export",
            """
            Write label requests to a file, for a spreadsheet or a program: fill in the column 'label' and give the file to 'labels import'. The model's
            answer is left out, unless --reveal asks for it. It needs the role label.

              accuracy-monitor labels export to-label.csv --model clothing
              accuracy-monitor labels export everything.parquet --state answered,skipped --reveal
            """)
        {
            file,
        };
        filter.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var path = call.Parsed.GetRequiredValue(file);
            TableFile.CheckEnding(path);
            var (reveal, count) = (filter.Reveal(call), 0);
            await TableFile.WriteAsync(path, RequestTable.Columns(reveal), async writer =>
            {
                await foreach (var request in filter.ReadAsync(call, cancel))
                {
                    await writer.WriteAsync(RequestTable.Row(request, reveal));
                    count++;
                }
            });
            await call.Output.WriteLineAsync($"{path}: {count} label requests");
            return ExitStatus.Success;
        });
        return command;
    }
}
