using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Stress;
using AccuracyMonitor.Training.Ternary;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary><c>benchmarks ternary</c>: ternary monitors over several seeds on the reference set and its shifts, and after fine-tuning.</summary>
internal static class TernaryBenchCommand
{
    // Number of conditions that are fine-tuned, evenly spaced in the file's order: each takes seconds.
    private const int FineTuned = 6;

    public static Command Create()
    {
        var traces =
            new Option<FileInfo>("--traces") { Required = true, Description = "Trace with a reference set and, to judge shifts by, other conditions." };
        var seeds = BoundedOption.Create("--seeds", "Monitors; means are printed.", 5, 1, 100);
        var count = BoundedOption.Create("--count", "Labels to learn from in each of six conditions.", 500, TernaryFineTuning.MinLabels, 100_000);
        var hidden = new Option<int[]>("--hidden")
        {
            Description = "Widths of the monitor's hidden layers.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [64, 64],
        };
        var command = new Command(
            "ternary",
            """
            Train monitors and make them ternary, over seeds: bytes, seconds, and what they are worth beside the monitor itself, rounding alone (TWN) and
            rounding with scales and biases fitted again; on rows kept out, and on the trace's other conditions; then fine-tuned on labels of some of those.

            Examples:
              benchmarks ternary --traces traces.npz --hidden 32 16
            """) { traces, seeds, count, hidden };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(traces).FullName, parsed.GetValue(seeds), parsed.GetValue(count), parsed.GetRequiredValue(hidden), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, int seeds, int count, int[] hidden, CancellationToken cancel)
    {
        TorchRuntime.Require();
        var trace = TraceFile.Open(path);
        var reference = trace.Load(TraceFile.Reference);
        string[] shifts = [.. trace.FileOrder.Where(c => c != TraceFile.Reference)];
        List<TernaryResult> results = [];
        List<double> seconds = [];
        List<Shifted> shifted = [], fineTuned = [];
        await CommandProgress.RunAsync(Console.Error, "Reading", progress =>
        {
            for (var seed = 1UL; seed <= (ulong)seeds; seed++)
            {
                progress.Show($"Seed {seed} of {seeds}", (double)(seed - 1) / seeds);
                var (train, test) = ReferenceSplit.Of(reference, 0.2, seed);
                var monitor = MonitorTrainer.Train(train, new TrainingOptions { HiddenWidths = hidden, Seed = seed }, cancellationToken: cancel).Onnx;
                var watch = Stopwatch.StartNew();
                var result = TernaryTraining.Run(monitor, train, test, new TernaryOptions { Seed = seed }, cancellationToken: cancel);
                seconds.Add(watch.Elapsed.TotalSeconds);
                results.Add(result);
                using var scorer = TernaryScorer.Load(result.File);
                shifted.AddRange(shifts.Select(s => trace.Load(s)).Where(Judgeable)
                    .Select(rows => new Shifted(MonitorJudge.Of(monitor, rows), MonitorJudge.Of(scorer, rows), 0)));
                fineTuned.AddRange(Evenly(shifts).Select(s => trace.Load(s)).Where(r => Judgeable(r) && r.Count >= count + 100)
                    .Select(rows => FineTune(result, rows, count, seed, cancel)));
            }
        });

        Print(results, seconds);
        Print($"{shifts.Length} other conditions, as they come", "monitor", "ternary", shifted);
        Print($"{count} labels of up to {FineTuned} of them", "ternary", "fine-tuned", fineTuned);
        return ExitCodes.Success;
    }

    private static Shifted FineTune(TernaryResult result, ReferenceSet rows, int count, ulong seed, CancellationToken cancel)
    {
        var (shape, weights) = TernaryFile.Read(result.File);
        var (test, labels) = ReferenceSplit.Keep(rows, count, seed);
        var after = TernaryFineTuning.Run(shape, weights, LabelledRows.Samples(labels), new TernaryFineTuneOptions { Seed = seed }, cancel);
        using TernaryScorer was = TernaryScorer.Load(result.File), now = TernaryScorer.Load(TernaryFile.Write(after.Shape, after.Weights).File);
        return new Shifted(MonitorJudge.Of(was, test), MonitorJudge.Of(now, test), after.Changed);
    }

    // AUROC needs at least one correct and one wrong answer.
    private static bool Judgeable(ReferenceSet rows) => MonitorJudge.Correct(rows) is var correct && correct.Contains(true) && correct.Contains(false);

    private static IEnumerable<string> Evenly(string[] conditions) =>
        conditions.Length <= FineTuned ? conditions : Enumerable.Range(0, FineTuned).Select(i => conditions[i * (conditions.Length - 1) / (FineTuned - 1)]);

    private static void Print(List<TernaryResult> results, List<double> seconds)
    {
        var table = new Table().NoBorder().Title("On rows kept out")
            .AddColumns("form", "held-out loss", "AUROC", "log-loss", "estimate error", "weights, bytes", "with biases and scales");
        foreach (var form in (Func<TernaryResult, TernaryForm>[])[r => r.Dense, r => r.Rounded, r => r.Refitted, r => r.Ternary])
        {
            TernaryForm[] forms = [.. results.Select(form)];
            table.AddRow(
                forms[0].Name, $"{forms.Average(f => f.HeldOutLoss):0.0000}", $"{forms.Average(f => f.Test.Auroc):0.0000}",
                $"{forms.Average(f => f.Test.LogLoss):0.0000}",
                $"{forms.Average(f => f.EstimateError):0.0000}", $"{forms[0].WeightBytes:N0}", $"{forms[0].PayloadBytes:N0}");
        }

        CommandConsole.Standard.Write(table);
        var (dense, ternary) = (results[0].Dense, results[0].Ternary);
        AnsiConsole.MarkupInterpolated($"Weights {dense.WeightBytes / (double)ternary.WeightBytes:0.0} times smaller (aim 16), with biases and scales ");
        AnsiConsole.MarkupInterpolated($"{dense.PayloadBytes / (double)ternary.PayloadBytes:0.0} (aim 12). Most AUROC lost ");
        AnsiConsole.MarkupInterpolated($"{results.Max(r => r.Dense.Test.Auroc - r.Ternary.Test.Auroc):0.0000} (0.005 may be), most estimate error added ");
        AnsiConsole.MarkupInterpolated(
            $"{results.Max(r => r.Ternary.EstimateError - r.Dense.EstimateError):0.0000} (0.01 may be). Held-out loss below TWN + refit's in ");
        AnsiConsole.MarkupInterpolated(
            $"{results.Count(r => r.Ternary.HeldOutLoss < r.Refitted.HeldOutLoss)} of {results.Count}. {seconds.Average():0.0} s each, ");
        AnsiConsole.MarkupLineInterpolated($"{dense.WeightBytes / 4:N0} weights.");
    }

    private static void Print(string title, string before, string after, List<Shifted> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var table = new Table().NoBorder().Title(title).AddColumns("", "AUROC", "log-loss", "estimate error");
        foreach (var (name, of) in ((string, Func<Shifted, ScoreMetrics>)[])[(before, r => r.Before), (after, r => r.After)])
        {
            table.AddRow(
                name, $"{rows.Average(r => of(r).Auroc):0.0000}", $"{rows.Average(r => of(r).LogLoss):0.0000}",
                $"{rows.Average(r => Math.Abs(of(r).MeanScore - of(r).Accuracy)):0.0000}");
        }

        CommandConsole.Standard.Write(table);
        AnsiConsole.MarkupLineInterpolated($"Means over {rows.Count} conditions and seeds; {rows.Average(r => r.Changed):0.0} weights changed.");
    }

    private sealed record Shifted(ScoreMetrics Before, ScoreMetrics After, int Changed);
}
