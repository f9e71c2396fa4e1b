using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training.Ternary;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor compress</c>: a ternary monitor from a trained one.</summary>
internal static class CompressCommand
{
    private static readonly TernaryOptions Defaults = new();

    public static Command Create()
    {
        var monitor = new Option<FileInfo>("--monitor", "-m") { Required = true, Description = "Monitor file of train." };
        var reference = new Option<FileInfo>(
            "--reference", "-r")
        { Required = true, Description = "Reference set that the monitor was trained on. Use the same --seed and --test-share." };
        var output = new Option<FileInfo>("--output", "-o") { Description = "File to write.", DefaultValueFactory = _ => new FileInfo("monitor.tmon") };
        var rows = BoundedOption.Create("--rows", "Samples whose loss a changed weight must lower.", Defaults.Rows, 100, 1_000_000);
        var gain = BoundedOption.Create("--gain", "Nats of the batch's summed loss that changing a weight must save.", Defaults.Gain, 0, 1000);
        var passes = BoundedOption.Create("--passes", "Most passes over all weights.", Defaults.Passes, 0, 100);
        var seed = new Option<ulong>(
            "--seed")
        { Description = "As given to train: decides the same split. The same seed and data give the same file, byte for byte." };
        var testShare = BoundedOption.Create("--test-share", "Share of the reference set that judges the result.", 0.2, 0.05, 0.5);
        var force = new Option<bool>("--force") { Description = "Write the file even if it exceeds the loss tolerance." };
        var command = new Command(
            "compress",
            $"""
            Make a monitor ternary: weights −1, 0 or +1 and one scale a layer, by coordinate descent, in a file of a few kilobytes that scores without ONNX
            Runtime. Prints it beside the monitor itself, rounding alone (TWN), and rounding with scales and biases fitted again. It is refused if it loses
            more than {TernaryResult.AurocTolerance} AUROC or its accuracy estimate is off by {TernaryResult.EstimateTolerance} more.

            Examples:
              accuracy-monitor monitor compress --monitor monitor.onnx --reference reference.npz --output monitor.tmon
              accuracy-monitor serve --Monitor:Artifact=monitor.tmon
            """) { monitor, reference, output, rows, gain, passes, seed, testShare, force };
        var flags = new TraceFlags(withLabels: true);
        flags.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(monitor).FullName,
            new TraceArgument(parsed.GetRequiredValue(reference).FullName, flags.Of(parsed)),
            parsed.GetRequiredValue(output).FullName,
            new TernaryOptions { Rows = parsed.GetValue(rows), Gain = parsed.GetValue(gain), Passes = parsed.GetValue(passes), Seed = parsed.GetValue(seed) },
            parsed.GetValue(testShare),
            parsed.GetValue(force),
            cancel));
        return command;
    }

    private static Task<int> RunAsync(
        string monitor, TraceArgument reference, string output, TernaryOptions options, double testShare, bool force, CancellationToken cancel)
    {
        return CommandErrors.RunAsync(Console.Error, needsTorch: false, async () =>
        {
            var (train, test) = ReferenceSplit.ForTraining(reference.Open(), testShare, options.Seed);
            var bytes = await File.ReadAllBytesAsync(monitor, cancel);
            var watch = Stopwatch.StartNew();
            var result = await CompressAsync(bytes, train, test, options, cancel);
            WideTable.Write(Table(result));
            AnsiConsole.MarkupInterpolated(
                $"{watch.Elapsed.TotalSeconds:0.0} s; {result.Dense.WeightBytes / (double)result.Ternary.WeightBytes:0.0} times smaller weights, ");
            AnsiConsole.MarkupInterpolated(
                $"{result.Dense.PayloadBytes / (double)result.Ternary.PayloadBytes:0.0} times with biases and scales; the file has ");
            AnsiConsole.MarkupLineInterpolated($"{result.File.Length} bytes, that of the monitor {bytes.Length}.");
            if (result.Refusal is { } refusal && !force)
            {
                await Console.Error.WriteLineAsync($"Not written: {refusal}. --force writes it all the same.");
                return 1;
            }

            await AtomicFile.WriteAsync(output, result.File, cancel, monitor, reference.Path);
            AnsiConsole.MarkupLineInterpolated($"[green]{result.Metadata.MonitorVersion}[/] written to {output}");
            return 0;
        });
    }

    private static Table Table(TernaryResult result)
    {
        var table = new Table().AddColumns("form", "held-out loss", "AUROC", "log-loss", "Brier", "estimate error", "weights, bytes", "with biases");
        foreach (var form in (TernaryForm[])[result.Dense, result.Rounded, result.Refitted, result.Ternary])
        {
            table.AddRow(
                form.Name, $"{form.HeldOutLoss:0.0000}", $"{form.Test.Auroc:0.0000}", $"{form.Test.LogLoss:0.0000}", $"{form.Test.Brier:0.0000}",
                $"{form.EstimateError:0.0000}", $"{form.WeightBytes:N0}", $"{form.PayloadBytes:N0}");
        }

        return table;
    }

    private static Task<TernaryResult> CompressAsync(
        byte[] monitor, Core.ReferenceSet train, Core.ReferenceSet test, TernaryOptions options, CancellationToken cancel) =>
        ProgressConsole.Bars().StartAsync(context =>
        {
            var task = context.AddTask("Rounding", maxValue: Math.Max(1, options.Passes));
            var progress = new SynchronousProgress<TernaryProgress>(p =>
            {
                task.Value = p.Pass;
                task.Description = $"Pass {p.Pass}: {p.Changed} weights changed, held-out loss {p.HeldOutLoss:0.0000}";
            });
            return Task.Run(() => TernaryTraining.Run(monitor, train, test, options, progress, cancel), cancel);
        });
}
