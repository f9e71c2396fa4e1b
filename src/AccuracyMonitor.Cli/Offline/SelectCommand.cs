using System.CommandLine;
using System.Security.Cryptography;
using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Cli.Offline;

/// <summary><c>accuracy-monitor select</c>: draws the predictions worth labelling, with their inclusion probabilities.</summary>
internal static class SelectCommand
{
    public static Command Create()
    {
        var flags = new TraceFlags(withLabels: true);
        var predictions = OfflineFlags.Predictions();
        var monitor = OfflineFlags.Monitor();
        var count = BoundedOption.Create("--count", "Number of predictions to draw, on average.", 100, 1, 1_000_000);
        var output = new Option<string>("--output")
        {
            Description = "CSV to write: id, label (empty), inclusion_probability. It must not exist.",
            Required = true,
        };
        var seed = new Option<uint?>("--seed")
        {
            Description = "The same seed draws the same rows, and with a larger --count the same and more. [default: random; it is printed]",
        };
        var show = new Option<bool>("--show-prediction") { Description = "Also write what the model predicted. Labellers tend to agree with what they see." };
        var command = new Command(
            "select",
            """
            Draw the predictions that are worth labelling, from a file of predictions.

            Uncertain predictions are drawn more often, and every one with a known probability above 0, as in the sidecar. Fill in the column 'label' in a
            spreadsheet, then run 'estimate'.

              accuracy-monitor select --predictions log.csv --count 100 --output to-label.csv
              accuracy-monitor estimate --predictions log.csv --labels to-label.csv

            To add labels later, give the same --seed, a larger --count, and the sheet that is filled in. Its labels are copied.

              accuracy-monitor select --predictions log.csv --count 400 --seed 7 --labels to-label.csv --output more.csv
            """) { predictions, count, output, seed, show, monitor };
        flags.AddTo(command);
        OfflineFlags.SetAction(command, parsed => SelectRun.Run(Options(parsed)), Write);
        return command;

        SelectOptions Options(ParseResult parsed) => new(
            new OfflineInput(parsed.GetRequiredValue(predictions), flags.Of(parsed), parsed.GetValue(monitor)), parsed.GetValue(count),
            parsed.GetRequiredValue(output), parsed.GetValue(seed) ?? (uint)RandomNumberGenerator.GetInt32(int.MaxValue), parsed.GetValue(show));
    }

    private static void Write(ParseResult parsed, SelectSummary summary)
    {
        foreach (var line in (string[])[.. summary.Understood.Lines(), .. summary.Warnings.Select(w => $"  warning: {w}")])
        {
            parsed.InvocationConfiguration.Error.WriteLine(line);
        }

        foreach (var line in summary.Lines())
        {
            parsed.InvocationConfiguration.Output.WriteLine(line);
        }
    }
}
