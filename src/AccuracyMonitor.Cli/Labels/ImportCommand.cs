using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels import</c>: labels of a file, by prediction id.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new LabelFileArguments("labels");
        var annotator = new Option<string>("--annotator") { Description = "Name of who gave the labels. It is recorded.", DefaultValueFactory = _ => "" };
        var tool = new Option<string>("--tool")
        {
            Description = "Name of the tool that the labels were given with. It is recorded.",
            DefaultValueFactory = _ => "import",
        };
        var all = new Option<bool>("--all-predictions")
        {
            Description = "The file has the truth of every prediction, chosen or not: it completes the realized estimate (Truth:Remember).",
        };
        var command = new Command(
            "import",
            """
            Give the labels of a file to the sidecar, by prediction id.

            Rows without a label are skipped. A row that cannot be applied is reported with its line, its field and the reason; the other rows are applied,
            and the exit status is 65. Importing the same file again changes nothing, so an interrupted import can be repeated. The caller needs the role
            label.

              accuracy-monitor labels import to-label.csv --annotator ann
              accuracy-monitor labels import labels.parquet --model clothing --model-version 7 --id-column order --label-column category --dry-run
              accuracy-monitor labels import returns.csv --all-predictions
            """)
        {
            annotator, tool, all,
        };
        file.AddTo(command);
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var (path, content, dryRun) = (file.Path(call), file.Read(call), file.DryRun(call));
            var labels = new LabelService.LabelServiceClient(call.Channel);
            var run = await file.SendAsync(call, content, SendAsync, cancel);
            await call.Output.WriteLineAsync(Summary(path, content, run, call.Value(all), dryRun));
            return run.Rejected > 0 ? ExitCodes.DataError : ExitCodes.Success;

            async Task<IReadOnlyList<ItemOutcome>> SendAsync(LabelRow[] rows, CancellationToken sending)
            {
                var answers = rows.Select(r => AnswerOf(r, call.Value(annotator), call.Value(tool), content.Revealed));
                var request = new CompleteRequest { Answers = { answers }, ValidateOnly = dryRun, AllPredictions = call.Value(all) };
                return (await labels.CompleteAsync(request, cancellationToken: sending)).Outcomes;
            }
        });
        return command;
    }

    private static Answer AnswerOf(LabelRow row, string annotator, string tool, bool revealed)
    {
        var answer = new Answer
        {
            Model = row.Prediction.Model,
            Version = row.Prediction.Version,
            PredictionId = row.Prediction.PredictionId,
            Annotator = annotator,
            Tool = tool,
        };
        row.Class.WriteTo(answer);
        if (revealed)
        {
            answer.Revealed = true;
        }

        return answer;
    }

    private static string Summary(string path, LabelFileContent content, LabelImport run, bool all, bool dryRun)
    {
        var apart = run.Of(OutcomeCode.KeptApart);
        var users = all ? "only the realized estimate" : "no estimate";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {content.Count:N0} rows: {run.Of(OutcomeCode.Ok):N0} given, {run.Of(OutcomeCode.Replaced):N0} replaced, "
                + $"{run.Of(OutcomeCode.Unchanged):N0} unchanged, {content.Empty:N0} without a label, {run.Rejected:N0} rejected"
                + $"{(apart > 0 ? $", {apart:N0} kept apart: nobody asked for them, and {users} uses them" : "")}"
                + $"{(dryRun ? " (nothing was changed)" : "")}");
    }
}
