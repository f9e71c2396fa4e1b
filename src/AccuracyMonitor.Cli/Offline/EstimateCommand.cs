using System.CommandLine;
using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Cli.Offline;

/// <summary><c>accuracy-monitor estimate</c>: accuracy with an interval from predictions and whatever labels there are.</summary>
internal static class EstimateCommand
{
    private const string Random = "random";
    private const string ToStandardOutput = "-";

    public static Command Create()
    {
        var flags = new TraceFlags(withLabels: true);
        var predictions = OfflineFlags.Predictions();
        var monitor = OfflineFlags.Monitor();
        var labelsAre = new Option<string?>("--labels-are")
        {
            Description = "'random': every prediction had the same chance of a label. Not needed for labels that 'select' drew.",
        };
        labelsAre.AcceptOnlyFromAmong(Random);
        var confidence = BoundedOption.Create("--confidence", "Level of the interval.", 0.95, 0.5, 0.999);
        var json = new Option<string?>("--json")
        {
            Description = $"Also write the numbers to this file as JSON; '{ToStandardOutput}' prints them instead of the text.",
        };
        var command = new Command(
            "estimate",
            """
            Estimate accuracy, with an interval, from files of predictions and labels.

            The output names the kind of estimate, why it was chosen, and what its interval promises. For labels of rows that 'select' drew the interval
            is valid. Where every prediction has a label, accuracy is counted. Where nobody knows how the labelled rows were chosen, the number is printed
            with a warning.

              accuracy-monitor estimate --predictions log.csv --labels labels.csv
              accuracy-monitor estimate --predictions log.parquet --labels audit.csv --labels-are random --json estimate.json
            """) { predictions, labelsAre, monitor, confidence, json };
        flags.AddTo(command);
        OfflineFlags.SetAction(command, parsed => EstimateRun.Run(Options(parsed)), (parsed, summary) => Write(parsed, summary, parsed.GetValue(json)));
        return command;

        EstimateOptions Options(ParseResult parsed)
        {
            var path = parsed.GetRequiredValue(predictions);
            var reading = flags.Of(parsed);
            reading = reading with { Labels = reading.Labels ?? EstimateRun.OwnLabels(path, reading) };
            return new EstimateOptions(
                new OfflineInput(path, reading, parsed.GetValue(monitor)), parsed.GetValue(labelsAre) is not null, parsed.GetValue(confidence));
        }
    }

    private static void Write(ParseResult parsed, EstimateSummary summary, string? json)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        foreach (var line in summary.Understood.Facts())
        {
            error.WriteLine(line);
        }

        if (json == ToStandardOutput)
        {
            output.WriteLine(EstimateJson.Write(summary));
            return;
        }

        foreach (var line in EstimateText.Lines(summary))
        {
            output.WriteLine(line);
        }

        if (json is not null)
        {
            File.WriteAllText(json, EstimateJson.Write(summary));
        }
    }
}
