using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Training;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.BitCentering;
using AccuracyMonitor.Training.Evaluation;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor recalibrate</c>: a tenant's change of a monitor's last layer, one byte a weight.</summary>
internal static class RecalibrateCommand
{
    private static readonly LastLayerRecalibrationOptions Defaults = new();

    public static Command Create() => new(
        "recalibrate",
        """
        Fit a monitor's last layer to labels, as a small change (delta) in a file of its own.

        A delta has one byte a weight, about a hundred bytes for each tenant or condition, and is fitted by HALP (low-precision SVRG). Applying it gives
        a monitor file. The original monitor is not changed, so it remains the roll-back.

        Examples:
          accuracy-monitor monitor recalibrate fit --monitor monitor.onnx --labels traces.npz --condition noise_3 --output tenant.tmd
          accuracy-monitor monitor recalibrate apply --monitor monitor.onnx --delta tenant.tmd --output tenant.onnx
          accuracy-monitor monitor recalibrate show --delta tenant.tmd
        """) { Fit(), Apply(), Show() };

    private static Command Fit()
    {
        var monitor = new Option<FileInfo>("--monitor", "-m") { Required = true, Description = "Monitor file, written by train." };
        var labels = new Option<FileInfo>("--labels", "-l") { Required = true, Description = "Trace with labelled outputs of the new condition." };
        var condition = new Option<string>("--condition") { Description = "Condition of the trace.", DefaultValueFactory = _ => TraceFile.Reference };
        var count = BoundedOption.Create(
            "--count", "Number of labels to learn from, drawn by --seed; the other rows judge.", 500, LastLayerRecalibration.MinLabels, 100_000);
        var output = new Option<FileInfo>("--output", "-o") { Description = "Delta file to write.", DefaultValueFactory = _ => new FileInfo("delta.tmd") };
        var bits = BoundedOption.Create("--bits", "Bits per weight during training.", Defaults.Bits, 2, 16);
        var epochs = BoundedOption.Create("--epochs", "Largest number of full gradients.", Defaults.Epochs, 1, 1000);
        var penalty = BoundedOption.Create("--penalty",
            "L2 penalty: a change that moves the logit by 1 (root mean square) costs half of it, in nats.", Defaults.Penalty, 1e-3, 1e6);
        var seed = new Option<ulong>("--seed") { Description = "The same seed and data give the same delta, byte for byte. [default: 0]" };
        var force = new Option<bool>("--force") { Description = "Write the file even if it scores the held-out rows worse." };
        var command = new Command("fit", """
            Fit a delta to labels of a new condition.

            Rows that were not learned from judge it: the file is not written if they are scored worse than by the monitor as it is.
            """)
        {
            monitor, labels, condition, count, output, bits, epochs, penalty, seed, force,
        };
        var flags = new TraceFlags();
        flags.AddTo(command);
        command.SetAction((parsed, cancel) => FitAsync(
            parsed.InvocationConfiguration,
            parsed.GetRequiredValue(monitor).FullName,
            new LabelFile(
                new TraceArgument(parsed.GetRequiredValue(labels).FullName, flags.Of(parsed)), parsed.GetRequiredValue(condition), parsed.GetValue(count)),
            parsed.GetRequiredValue(output).FullName,
            new LastLayerRecalibrationOptions
            {
                Bits = parsed.GetValue(bits),
                Epochs = parsed.GetValue(epochs),
                Penalty = parsed.GetValue(penalty),
                Seed = parsed.GetValue(seed)
            },
            parsed.GetValue(force),
            cancel));
        return command;
    }

    private static Command Apply()
    {
        var monitor = new Option<FileInfo>("--monitor", "-m") { Required = true, Description = "The monitor that the delta was learned on." };
        var delta = new Option<FileInfo>("--delta", "-d") { Required = true, Description = "Delta file, written by fit." };
        var output = new Option<FileInfo>("--output", "-o") { Required = true, Description = "Monitor file to write." };
        var command = new Command("apply", "Write a monitor file with a delta applied. The original file is not changed.") { monitor, delta, output };
        command.SetAction(async (parsed, cancel) =>
        {
            var read = HeadDelta.Read(await File.ReadAllBytesAsync(parsed.GetRequiredValue(delta).FullName, cancel));
            var (onnx, metadata) = read.Apply(await File.ReadAllBytesAsync(parsed.GetRequiredValue(monitor).FullName, cancel));
            await AtomicFile.WriteAsync(
                parsed.GetRequiredValue(output).FullName, onnx, cancel, parsed.GetRequiredValue(monitor).FullName, parsed.GetRequiredValue(delta).FullName);
            CommandConsole.Of(parsed.InvocationConfiguration.Output)
                .MarkupLineInterpolated($"[green]{metadata.MonitorVersion}[/] written to {parsed.GetRequiredValue(output).FullName}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Show()
    {
        var delta = new Option<FileInfo>("--delta", "-d") { Required = true, Description = "Delta file, written by fit." };
        var command = new Command("show", "Print what a delta file contains.") { delta };
        command.SetAction(async (parsed, cancel) =>
        {
            var file = await File.ReadAllBytesAsync(parsed.GetRequiredValue(delta).FullName, cancel);
            var read = HeadDelta.Read(file);
            var console = CommandConsole.Of(parsed.InvocationConfiguration.Output);
            console.MarkupInterpolated(
                $"Delta on {read.BaseVersion}: {read.Values.Length} values of {read.Step:G4}, {read.Values.Count(v => v != 0)} not 0, largest change ");
            console.MarkupLineInterpolated($"{read.Values.Max(v => Math.Abs((int)v)) * read.Step:G4}; {file.Length} bytes.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<int> FitAsync(
        InvocationConfiguration streams, string monitor, LabelFile labels, string output, LastLayerRecalibrationOptions options, bool force,
        CancellationToken cancel)
    {
        var bytes = await File.ReadAllBytesAsync(monitor, cancel);
        var classes = MonitorFile.Read(bytes).Metadata.ClassCount;
        var (test, train) = labels.Split(streams.Error, classes, LastLayerRecalibration.MinLabels, options.Seed);
        var watch = Stopwatch.StartNew();
        var adapted = await CommandProgress.RunAsync(
            streams.Error, $"Fitting {train.Count} labels", _ => LastLayerRecalibration.Run(bytes, LabelledRows.Samples(train), options, cancel));
        var (before, after) = (MonitorJudge.Of(bytes, test), MonitorJudge.Of(adapted.Onnx, test));
        var console = CommandConsole.Of(streams.Output);
        console.Write(SpectreTable.Of(ScoreTables.Of(("as it was", before), ("recalibrated", after))));
        var (last, file) = (adapted.Trace[^1], adapted.Delta.Write());
        console.MarkupInterpolated($"{watch.Elapsed.TotalSeconds:0.0} s; {train.Count} labels; {adapted.Trace.Count} epochs, ");
        console.MarkupInterpolated($"{adapted.Trace.Count(t => t.Restored)} taken back, last μ {last.Mu:G3}; of the roundings ");
        console.MarkupLineInterpolated($"{adapted.Trace.Average(t => t.SaturatedShare):0.0%} saturated; judged by {test.Count} rows.");
        if (after.LogLoss > before.LogLoss && !force)
        {
            await streams.Error.WriteLineAsync(
                $"Not written: rows kept out are scored worse: log-loss {after.LogLoss:0.0000}, "
                    + $"before {before.LogLoss:0.0000}. --force writes it all the same.");
            return ExitCodes.Failure;
        }

        await AtomicFile.WriteAsync(output, file, cancel, monitor, labels.Trace.Path);
        console.MarkupLineInterpolated($"[green]{file.Length} bytes[/] written to {output}");
        return ExitCodes.Success;
    }
}
