using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels import</c>: labels of a file, by prediction id.</summary>
internal static class ImportCommand
{
    /// <summary>Of classes without names: the sidecar knows how many there are, and refuses those beyond.</summary>
    private const int AnyClasses = 1_000_000;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = $"File with labels: {TraceFile.Formats.Replace(".npz, ", "", StringComparison.Ordinal)}." };
        var model = new Option<string>("--model") { Description = "The model of every row. [default: the column 'model']", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version")
        {
            Description = "The version of every row. [default: the column 'version']",
            DefaultValueFactory = _ => "",
        };
        var id = new Option<string?>("--id-column") { Description = "Column with the prediction ids. [default: id, or else prediction_id]" };
        var label = new Option<string>("--label-column") { Description = "Column with the labels.", DefaultValueFactory = _ => "label" };
        var delimiter = TableOptions.Delimiter();
        var classes = TableOptions.Classes("in the order of their numbers");
        var classesFrom = TableOptions.ClassesFrom("0");
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
        var dryRun = new Option<bool>("--dry-run") { Description = "Check every row and change nothing." };
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
            file, model, version, id, label, delimiter, classes, classesFrom, annotator, tool, all, dryRun,
        };
        new SidecarOptions("label").SetAction(command, async (call, cancel) =>
        {
            var path = call.Parsed.GetRequiredValue(file);
            var names = call.Value(classes);
            var content = LabelFileReader.Read(path, new LabelFileOptions
            {
                IdColumn = call.Value(id),
                LabelColumn = call.Value(label),
                Model = call.Value(model),
                Version = call.Value(version),
                Delimiter = call.Value(delimiter),
                Classes = new ClassScheme(names?.Count ?? AnyClasses, names, call.Value(classesFrom) ?? 0, firstBy: null),
            });
            var labels = new LabelService.LabelServiceClient(call.Channel);
            var run = await CommandProgress.RunAsync(call.Error, "Sending labels", async progress =>
            {
                var importing = new LabelImport(path, SendAsync, progress.Say, new SynchronousProgress<int>(sent => progress.Show(
                    string.Create(CultureInfo.InvariantCulture, $"{sent:N0} of {content.Rows.Count:N0} labels sent"),
                    (double)sent / content.Rows.Count)), TimeProvider.System);
                await importing.RunAsync(content, cancel);
                return importing;
            });
            await call.Output.WriteLineAsync(Summary(path, content, run, call.Value(all), call.Value(dryRun)));
            return run.Rejected > 0 ? ExitCodes.DataError : ExitCodes.Success;

            async Task<IReadOnlyList<ItemOutcome>> SendAsync(LabelRow[] rows, CancellationToken sending)
            {
                var answers = rows.Select(r => AnswerOf(r, call.Value(annotator), call.Value(tool), content.Revealed));
                var request = new CompleteRequest { Answers = { answers }, ValidateOnly = call.Value(dryRun), AllPredictions = call.Value(all) };
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
