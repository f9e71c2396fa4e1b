using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Training;
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
        var monitor = new Option<FileInfo>("--monitor", "-m") { Required = true, Description = "Monitor file, written by train." };
        var reference = new Option<FileInfo>(
            "--reference", "-r")
        { Required = true, Description = "Reference set that the monitor was trained on. Use the same --seed and --test-share." };
        var output = new Option<FileInfo>("--output", "-o") { Description = "File to write.", DefaultValueFactory = _ => new FileInfo("monitor.tmon") };
        var rows = BoundedOption.Create("--rows", "Number of samples whose loss a changed weight must lower.", Defaults.Rows, 100, 1_000_000);
        var gain = BoundedOption.Create("--gain", "Smallest saving of the summed loss, in nats, for which a weight is changed.", Defaults.Gain, 0, 1000);
        var passes = BoundedOption.Create("--passes", "Largest number of passes over all weights.", Defaults.Passes, 0, 100);
        var seed = new Option<ulong>(
            "--seed")
        { Description = "The seed that train was given, so that the same rows are kept out. The same seed and data give the same file. [default: 0]" };
        var testShare = BoundedOption.Create("--test-share", "Share of the reference set that is kept out, to judge the result.", 0.2, 0.05, 0.5);
        var force = new Option<bool>("--force") { Description = "Write the file even if it exceeds the loss tolerance." };
        var command = new Command(
            "compress",
            $"""
            Compress a monitor to weights of −1, 0 and +1 (ternary), a file of a few kilobytes.

            Coordinate descent chooses the weights, and each layer has one scale. The sidecar scores such a file without ONNX Runtime. Printed is how it
            compares with the monitor itself, with rounding alone (TWN), and with rounding and refitted scales and biases. The file is not written if it
            loses more than {TernaryResult.AurocTolerance} AUROC, or if its accuracy estimate is off by {TernaryResult.EstimateTolerance} more.

            Examples:
              accuracy-monitor monitor compress --monitor monitor.onnx --reference reference.npz --output monitor.tmon
              accuracy-monitor serve --Monitor:Artifact=monitor.tmon
            """) { monitor, reference, output, rows, gain, passes, seed, testShare, force };
        var flags = new TraceFlags(withLabels: true);
        flags.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.InvocationConfiguration,
            parsed.GetRequiredValue(monitor).FullName,
            new TraceArgument(parsed.GetRequiredValue(reference).FullName, flags.Of(parsed)),
            parsed.GetRequiredValue(output).FullName,
            new TernaryOptions { Rows = parsed.GetValue(rows), Gain = parsed.GetValue(gain), Passes = parsed.GetValue(passes), Seed = parsed.GetValue(seed) },
            parsed.GetValue(testShare),
            parsed.GetValue(force),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        InvocationConfiguration streams, string monitor, TraceArgument reference, string output, TernaryOptions options, double testShare, bool force,
        CancellationToken cancel)
    {
        var (train, test) = ReferenceSplit.ForTraining(reference.Open(streams.Error), testShare, options.Seed);
        var bytes = await File.ReadAllBytesAsync(monitor, cancel);
        var watch = Stopwatch.StartNew();
        var result = await CommandProgress.RunAsync(streams.Error, "Rounding", progress => TernaryTraining.Run(
            bytes,
            train,
            test,
            options,
            new SynchronousProgress<TernaryProgress>(p => progress.Show(
                $"Pass {p.Pass}: {p.Changed} weights changed, held-out loss {p.HeldOutLoss:0.0000}", (double)p.Pass / Math.Max(1, options.Passes))),
            cancel));
        var console = CommandConsole.Of(streams.Output);
        console.Write(SpectreTable.Of(ScoreTables.Of(result)));
        console.MarkupInterpolated(
            $"{watch.Elapsed.TotalSeconds:0.0} s; {result.Dense.WeightBytes / (double)result.Ternary.WeightBytes:0.0} times smaller weights, ");
        console.MarkupInterpolated(
            $"{result.Dense.PayloadBytes / (double)result.Ternary.PayloadBytes:0.0} times with biases and scales; the file has ");
        console.MarkupLineInterpolated($"{result.File.Length} bytes, that of the monitor {bytes.Length}.");
        if (result.Refusal is { } refusal && !force)
        {
            await streams.Error.WriteLineAsync($"Not written: {refusal}. --force writes it all the same.");
            return ExitCodes.Failure;
        }

        await AtomicFile.WriteAsync(output, result.File, cancel, monitor, reference.Path);
        console.MarkupLineInterpolated($"[green]{result.Metadata.MonitorVersion}[/] written to {output}");
        return ExitCodes.Success;
    }
}
