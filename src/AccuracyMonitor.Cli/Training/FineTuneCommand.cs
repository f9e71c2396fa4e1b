using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Training;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Ternary;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor fine-tune</c>: a ternary monitor, adapted to labels without libtorch.</summary>
internal static class FineTuneCommand
{
    private static readonly TernaryFineTuneOptions Defaults = new();

    public static Command Create()
    {
        var monitor = new Option<FileInfo>("--monitor", "-m") { Required = true, Description = "Ternary monitor (.tmon), written by compress or fine-tune." };
        var labels = new Option<FileInfo>("--labels", "-l") { Required = true, Description = "Trace with labelled outputs of the new condition." };
        var condition = new Option<string>("--condition") { Description = "Condition of the trace.", DefaultValueFactory = _ => TraceFile.Reference };
        var count = BoundedOption.Create(
            "--count", "Number of labels to learn from, drawn by --seed; the other rows judge.", 500, TernaryFineTuning.MinLabels, 100_000);
        var output = new Option<FileInfo>("--output", "-o") { Description = "File to write.", DefaultValueFactory = _ => new FileInfo("fine-tuned.tmon") };
        var gain = BoundedOption.Create("--gain", "Smallest saving of the summed loss, in nats, for which a weight is changed.", Defaults.Gain, 0, 1000);
        var passes = BoundedOption.Create("--passes", "Largest number of passes over all weights; cross-fitting chooses the number.", Defaults.Passes, 0, 20);
        var folds = BoundedOption.Create("--folds", "Folds of the cross-fitting.", Defaults.Folds, 2, 20);
        var seed = new Option<ulong>("--seed") { Description = "The same seed and data give the same file, byte for byte. [default: 0]" };
        var force = new Option<bool>("--force") { Description = "Write the file even if it scores the held-out rows worse." };
        var command = new Command(
            "fine-tune",
            """
            Fine-tune a ternary monitor on labels of a new condition.

            Passes over the weights change them one at a time, without gradients or libtorch, and the file stays as small. Cross-fitting on the labels
            chooses the number of passes, which may be 0. Rows that were not learned from judge the result: the file is not written if they are scored
            worse than before. The sidecar does the same with a ternary monitor after Adaptation:FineTuneEvery labels.

            Examples:
              accuracy-monitor monitor fine-tune --monitor monitor.tmon --labels traces.npz --condition noise_3 --count 500 --output fine-tuned.tmon
            """) { monitor, labels, condition, count, output, gain, passes, folds, seed, force };
        var flags = new TraceFlags();
        flags.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.InvocationConfiguration,
            parsed.GetRequiredValue(monitor).FullName,
            new LabelFile(
                new TraceArgument(parsed.GetRequiredValue(labels).FullName, flags.Of(parsed)), parsed.GetRequiredValue(condition), parsed.GetValue(count)),
            parsed.GetRequiredValue(output).FullName,
            new TernaryFineTuneOptions
            {
                Gain = parsed.GetValue(gain),
                Passes = parsed.GetValue(passes),
                Folds = parsed.GetValue(folds),
                Seed = parsed.GetValue(seed)
            },
            parsed.GetValue(force),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        InvocationConfiguration streams, string monitor, LabelFile labels, string output, TernaryFineTuneOptions options, bool force,
        CancellationToken cancel)
    {
        var (shape, weights) = TernaryFile.Read(await File.ReadAllBytesAsync(monitor, cancel));
        var (test, train) = labels.Split(streams.Error, shape.ClassCount, TernaryFineTuning.MinLabels, options.Seed);
        var watch = Stopwatch.StartNew();
        var fineTuned = await CommandProgress.RunAsync(
            streams.Error, $"Fine-tuning on {train.Count} labels", _ => TernaryFineTuning.Run(shape, weights, LabelledRows.Samples(train), options, cancel));
        var (before, after) = (Judged(shape, weights, test), Judged(fineTuned.Shape, fineTuned.Weights, test));
        var console = CommandConsole.Of(streams.Output);
        console.Write(SpectreTable.Of(ScoreTables.Of(("as it was", before), ("fine-tuned", after))));
        var seconds = watch.Elapsed.TotalSeconds;
        console.MarkupLineInterpolated(
            $"{seconds:0.0} s; {train.Count} labels; {fineTuned.Passes} passes, {fineTuned.Changed} weights changed; judged by {test.Count} rows.");
        var worse = fineTuned.Untouched ? "Cross-fitting found nothing that scores the labels better"
            : after.LogLoss > before.LogLoss ? $"Rows kept out are scored worse: log-loss {after.LogLoss:0.0000}, before {before.LogLoss:0.0000}"
            : null;
        if (worse is not null && !force)
        {
            await streams.Error.WriteLineAsync($"Not written: {worse}. --force writes it all the same.");
            return ExitCodes.Failure;
        }

        var (file, metadata) = TernaryFile.Write(fineTuned.Shape, fineTuned.Weights);
        await AtomicFile.WriteAsync(output, file, cancel, monitor, labels.Trace.Path);
        console.MarkupLineInterpolated($"[green]{metadata.MonitorVersion}[/] written to {output}");
        return ExitCodes.Success;
    }

    private static ScoreMetrics Judged(MonitorMetadata shape, TernaryWeights weights, ReferenceSet rows)
    {
        using var scorer = TernaryScorer.Load(TernaryFile.Write(shape, weights).File);
        return MonitorJudge.Of(scorer, rows);
    }
}
