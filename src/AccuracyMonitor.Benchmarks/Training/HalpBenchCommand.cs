using System.CommandLine;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.BitCentering;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary><c>benchmarks low-precision</c>: low-precision solvers on a monitor's last layer and on the whole of it.</summary>
internal static class HalpBenchCommand
{
    public static Command Create()
    {
        var traces = new Option<FileInfo>("--traces") { Required = true, Description = "Trace with a reference set and the condition." };
        var condition = new Option<string>("--condition") { Required = true, Description = "Condition whose labels are learned from." };
        var count = BoundedOption.Create("--count", "Labels to learn from; the condition's other rows judge.", 1000, 20, 100_000);
        var seeds = BoundedOption.Create("--seeds", "Monitors, label draws and roundings; means are printed.", 5, 1, 100);
        var epochs = BoundedOption.Create("--epochs", "Full gradients.", 30, 10, 1000);
        var hidden = new Option<int[]>("--hidden")
        {
            Description = "Widths of the monitor's hidden layers.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [32, 16],
        };
        var command = new Command(
            "low-precision",
            """
            Adapt a monitor to labels of a new condition by SGD, SVRG, their low-precision forms and HALP, side by side: gradient norm, objective, how often a
            rounding saturated, and what the adapted monitor is worth on rows that it did not learn from. First on the last layer, then on the whole network.

            Examples:
              benchmarks low-precision --traces traces.npz --condition noise_3
            """) { traces, condition, count, seeds, epochs, hidden };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(traces).FullName, parsed.GetRequiredValue(condition), parsed.GetValue(count), parsed.GetValue(seeds),
            parsed.GetValue(epochs),
            parsed.GetRequiredValue(hidden), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, string condition, int count, int seeds, int epochs, int[] hidden, CancellationToken cancel)
    {
        TorchRuntime.Require();
        var trace = TraceFile.Open(path);
        var (reference, rows) = (trace.Load(TraceFile.Reference), trace.Load(condition));
        if (rows.Count <= count + 100)
        {
            throw new TraceFileException($"{path}, {condition}: {rows.Count} rows; --count {count} needs {count + 100}, some to judge by.");
        }

        List<IReadOnlyList<HalpRow>>[] runs = [[], []];
        await CommandProgress.RunAsync(Console.Error, "Reading", progress =>
        {
            for (var seed = 1UL; seed <= (ulong)seeds; seed++)
            {
                progress.Show($"Seed {seed} of {seeds}", (double)(seed - 1) / seeds);
                var monitor = MonitorTrainer.Train(reference, new TrainingOptions { HiddenWidths = hidden, Seed = seed }, cancellationToken: cancel).Onnx;
                var (test, labels) = ReferenceSplit.Keep(rows, count, seed);
                runs[0].Add(HalpBench.Run(monitor, labels, test, wholeNetwork: false, epochs, seed, cancel));
                runs[1].Add(HalpBench.Run(monitor, labels, test, wholeNetwork: true, epochs, seed, cancel));
            }
        });

        AnsiConsole.MarkupLineInterpolated(
            $"{trace.Name}, {condition}: {count} labels, {epochs} full gradients, {seeds} seeds. Gradient norms are geometric means, all else arithmetic.");
        CommandConsole.Standard.Write(Table("Last layer (convex)", runs[0]));
        CommandConsole.Standard.Write(Table("Whole network", runs[1]));
        Compare(runs[0], runs[1]);
        return ExitCodes.Success;
    }

    private static Table Table(string title, List<IReadOnlyList<HalpRow>> runs)
    {
        var table = new Table().Title(title).NoBorder()
            .AddColumns("solver", "bits", "‖∇f‖ at 10", "‖∇f‖ at end", "objective", "last μ", "saturated", "taken back", "AUROC", "estimate error", "s");
        for (var c = 0; c < HalpBench.Contestants.Count; c++)
        {
            var (kind, bits) = HalpBench.Contestants[c];
            HalpRow[] rows = [.. runs.Select(r => r[c])];
            table.AddRow(
                kind.ToString(), bits == 0 ? "full" : $"{bits}", $"{Geometric(rows, r => r.GradientAt10):0.0e0}",
                $"{Geometric(rows, r => r.GradientAtEnd):0.0e0}",
                $"{rows.Average(r => r.Objective):0.00000}", kind == SolverKind.Halp ? $"{rows.Average(r => r.Trace[^1].Mu):0.###}" : "",
                kind is SolverKind.Sgd or SolverKind.Svrg ? "" : $"{rows.Average(r => r.Trace.Average(t => t.SaturatedShare)):0.0%}",
                kind == SolverKind.Halp ? $"{rows.Average(r => r.Trace.Count(t => t.Restored)):0.0}" : "", $"{rows.Average(r => r.Test.Auroc):0.0000}",
                $"{rows.Average(r => Math.Abs(r.Test.MeanScore - r.Test.Accuracy)):0.0000}", $"{rows.Average(r => r.Seconds):0.00}");
        }

        return table;
    }

    private static void Compare(List<IReadOnlyList<HalpRow>> head, List<IReadOnlyList<HalpRow>> whole)
    {
        HalpRow[] Of(List<IReadOnlyList<HalpRow>> runs, SolverKind kind, int bits) => [.. runs.Select(r => r.Single(x => x.Kind == kind && x.Bits == bits))];
        double Factor(SolverKind over, int overBits, int bits) =>
            Geometric(Of(head, over, overBits), r => r.GradientAtEnd) / Geometric(Of(head, SolverKind.Halp, bits), r => r.GradientAtEnd);
        double Objective(SolverKind kind, int bits) => Of(whole, kind, bits).Average(r => r.Objective);
        double Auroc(SolverKind kind, int bits) => Of(whole, kind, bits).Average(r => r.Test.Auroc);
        AnsiConsole.MarkupInterpolated($"Last layer: HALP-8 is {Factor(SolverKind.LpSgd, 8, 8):0.0e0} times below LP-SGD-8 (aim 1000) and ");
        AnsiConsole.MarkupInterpolated($"{Factor(SolverKind.LpSvrg, 8, 8):0.0e0} below LP-SVRG-8 (aim 100); HALP-4 ");
        AnsiConsole.MarkupLineInterpolated($"{Factor(SolverKind.LpSgd, 8, 4):0.0e0} below LP-SGD-8 (aim 10).");
        AnsiConsole.MarkupInterpolated($"Whole network: HALP-8's objective is ");
        AnsiConsole.MarkupInterpolated($"{Objective(SolverKind.Halp, 8) - Objective(SolverKind.Svrg, 0):+0.00000;-0.00000} from SVRG's (aim within 0.002), ");
        AnsiConsole.MarkupInterpolated($"{Objective(SolverKind.LpSgd, 8) - Objective(SolverKind.Halp, 8):0.0000} below LP-SGD-8's (aim 0.01); AUROC ");
        AnsiConsole.MarkupLineInterpolated($"{Auroc(SolverKind.Halp, 8) - Auroc(SolverKind.Svrg, 0):+0.00000;-0.00000} from SVRG's (aim within 0.002).");
    }

    private static double Geometric(IEnumerable<HalpRow> rows, Func<HalpRow, double> value) =>
        Math.Exp(rows.Average(r => Math.Log(Math.Max(value(r), 1e-300))));
}
