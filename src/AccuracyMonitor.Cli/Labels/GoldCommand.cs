using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary><c>labels gold</c>: label requests whose true class is known.</summary>
internal static class GoldCommand
{
    public static Command Create() => new(
        "gold",
        """
        Measure how often annotators err, by label requests whose true class is known.

        Gold items are handed out and answered as any request is, nobody who labels can tell them from others, and no estimate counts the true class as a
        label. 'labels stats' prints what they say.
        """)
    {
        Import(),
        Remove(),
    };

    private static Command Import()
    {
        var file = new LabelFileArguments("true classes");
        var command = new Command(
            "import",
            """
            Give the true classes of a file to the sidecar, by prediction id.

            Choose the predictions at random among the requests, such as rows of 'labels export': whoever picks hard ones measures the error of hard ones.
            A row that cannot be applied is reported with its line, its field and the reason; the other rows are applied, and the exit status is 65.
            Importing the same file again changes nothing. The caller needs the role administer.

              accuracy-monitor labels gold import expert.csv
              accuracy-monitor labels gold import expert.csv --model clothing --model-version 7 --label-column truth --dry-run
            """);
        file.AddTo(command);
        new SidecarOptions("administer").SetAction(command, async (call, cancel) =>
        {
            var (path, content, dryRun) = (file.Path(call), file.Read(call), file.DryRun(call));
            var labels = new LabelService.LabelServiceClient(call.Channel);
            var run = await file.SendAsync(call, content, SendAsync, cancel);
            await call.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {content.Count:N0} rows: {run.Of(OutcomeCode.Ok):N0} gold items given, {run.Of(OutcomeCode.Replaced):N0} replaced, "
                    + $"{run.Of(OutcomeCode.Unchanged):N0} unchanged, {content.Empty:N0} without a class, {run.Rejected:N0} rejected"
                    + $"{(dryRun ? " (nothing was changed)" : "")}"));
            return run.Rejected > 0 ? ExitCodes.DataError : ExitCodes.Success;

            async Task<IReadOnlyList<ItemOutcome>> SendAsync(LabelRow[] rows, CancellationToken sending)
            {
                var request = new SetGoldRequest { Items = { rows.Select(ItemOf) }, ValidateOnly = dryRun };
                return (await labels.SetGoldAsync(request, cancellationToken: sending)).Outcomes;
            }
        });
        return command;
    }

    private static Command Remove()
    {
        var predictions = new NamedPredictions("The predictions whose true class is known no longer.");
        var command = new Command(
            "remove",
            """
            Take gold items back, by prediction id.

            Their requests, labels and opinions stay as they are. The caller needs the role administer.

              accuracy-monitor labels gold remove --model clothing --model-version 7 p-17 p-18
            """);
        predictions.AddTo(command);
        new SidecarOptions("administer").SetAction(command, async (call, cancel) =>
        {
            var items = predictions.References(call).Select(p => new GoldItem { Model = p.Model, Version = p.Version, PredictionId = p.PredictionId });
            var response = await new LabelService.LabelServiceClient(call.Channel).SetGoldAsync(
                new SetGoldRequest { Items = { items }, Remove = true }, cancellationToken: cancel);
            return await NamedPredictions.ReportAsync(call, [.. predictions.Named(call)], response.Outcomes);
        });
        return command;
    }

    private static GoldItem ItemOf(LabelRow row)
    {
        var item = new GoldItem { Model = row.Prediction.Model, Version = row.Prediction.Version, PredictionId = row.Prediction.PredictionId };
        row.Class.WriteTo(item);
        return item;
    }
}
