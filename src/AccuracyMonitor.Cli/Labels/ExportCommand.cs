using System.CommandLine;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels export</c>: label requests as a file to label in.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "File to write: .csv, .jsonl, .ndjson or .parquet. Replaced when it is there." };
        var folder = new Option<string?>("--inputs")
        {
            Description = "Folder for the inputs that are kept, in files named by a digest of their prediction; the column 'input' has their paths.",
        };
        var names = ShownClasses.Option();
        var filter = new RequestFilter(RequestState.Waiting, RequestState.Leased);
        var command = new Command(
            "export",
            """
            Write label requests to a file, to label in a spreadsheet or a program.

            Fill in the column 'label', then run 'labels import' with the file. The model's answer is left out unless --reveal is given. The caller needs
            the role label.

              accuracy-monitor labels export to-label.csv --model clothing --inputs pictures
              accuracy-monitor labels export everything.parquet --state answered,skipped --reveal --names
            """)
        {
            file, folder, names,
        };
        filter.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var path = call.Parsed.GetRequiredValue(file);
            TableFile.CheckEnding(path);
            var (reveal, classes, count) = (filter.Reveal(call), ShownClasses.Of(call, names), 0);
            var inputs = call.Value(folder) is { } given ? new ExportedInputs(new LabelService.LabelServiceClient(call.Channel), given, path) : null;
            TableColumn[] columns = [.. RequestTable.Columns(reveal, classes), .. inputs is null ? Array.Empty<TableColumn>() : [new TableColumn("input")]];
            await TableFile.WriteAsync(path, columns, filter.ReadAsync(call, cancel).Select(RowAsync));
            await call.Output.WriteLineAsync($"{path}: {count} label requests{(inputs is null ? "" : $", {inputs.Count} inputs")}");
            return ExitCodes.Success;

            async ValueTask<IReadOnlyList<object?>> RowAsync(ListedRequest request, CancellationToken reading)
            {
                count++;
                var row = await RequestTable.RowAsync(request, reveal, classes, reading);
                return inputs is null ? row : [.. row, await inputs.WriteAsync(request, reading)];
            }
        });
        return command;
    }
}
