using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using MathNet.Numerics.Statistics;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks;

/// <summary><c>benchmarks scoring</c>: the shipped ensemble compared with T dense passes and with one.</summary>
internal static class ScoringBench
{
    private static readonly int[] Batches = [1, 16, 64, 256];

    public static Command Create()
    {
        var classes =
            new Option<int[]>("--classes") { Description = "Class counts K.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10, 1000] };
        var encoding = new Option<MonitorEncoding?>("--encoding") { Description = "What the network sees. [default: what training chooses for K]" };
        var rounds = BoundedOption.Create("--rounds", "Turns that each contestant gets; the median counts.", 25, 3, 10_000);
        var milliseconds = BoundedOption.Create("--milliseconds", "Length of a turn.", 20.0, 1, 10_000);
        var command = new Command(
            "scoring",
            """
            What a sample costs, in microseconds on one core: one pass of the whole network (the logit alone), the ensemble as its file's graph,
            the ensemble through the scorer (buffers and all), the naive graph of one dense masked pass a member, and the packed scorer of a ternary
            monitor of the same shape, without ONNX Runtime. They take turns in one run.

              benchmarks scoring --classes 10 1000
            """) { classes, encoding, rounds, milliseconds };
        command.SetAction(parsed =>
        {
            OneCore.Pin();
            var turn = TimeSpan.FromMilliseconds(parsed.GetValue(milliseconds));
            foreach (var k in parsed.GetValue(classes)!)
            {
                Run(k, parsed.GetValue(encoding) ?? DrawnMonitor.EncodingFor(k), parsed.GetValue(rounds), turn);
            }
        });
        return command;
    }

    private static void Run(int classes, MonitorEncoding encoding, int rounds, TimeSpan turn)
    {
        var shape = DrawnMonitor.Shape(classes, encoding);
        var weights = DrawnMonitor.Weights(shape);
        var file = MonitorFile.Write(shape, weights).Onnx;
        var packed = TernaryFile.Write(shape, DrawnMonitor.Ternary(weights)).File;
        var (single, naive) = (NaiveGraph.Single(shape, weights), NaiveGraph.Passes(shape, weights));
        var table = new Table()
            .Title($"K = {classes}, {encoding}, {string.Join('-', shape.HiddenWidths)}, T = {shape.Members}, dropout {shape.DropoutRate}; µs a sample")
            .AddColumns("batch", "one", "graph", "scorer", "naive", "ternary", "graph/one", "scorer/one", "naive/scorer", "ternary/scorer");
        foreach (var batch in Batches)
        {
            var rows = BenchLoad.Softmax(classes, batch, seed: 3);
            using var one = new GraphRunner(single, rows, classes);
            using var graph = new GraphRunner(file, rows, classes);
            using var passes = new GraphRunner(naive, rows, classes);
            using var scorer = EnsembleScorer.Load(file, new ScorerOptions(ExecutionProvider.Cpu));
            using var ternary = TernaryScorer.Load(packed);
            var (logits, disagreements) = (new float[batch], new float[batch]);
            var times = TakeTurns(
                [one.Run, graph.Run, () => scorer.Score(rows, batch, classes, logits, disagreements), passes.Run,
                    () => ternary.Score(rows, batch, classes, logits, disagreements)],
                rounds, turn, batch);
            var ratio = (int a, int b) => times[a].Zip(times[b], (x, y) => x / y).Median();
            table.AddRow([
                $"{batch}", .. times.Select(t => $"{t.Median():0.00}"),
                $"{ratio(1, 0):0.0}", $"{ratio(2, 0):0.0}", $"{ratio(3, 2):0.0}", $"{ratio(4, 2):0.0}"]);
        }

        CommandConsole.Standard.Write(table);
    }

    /// <summary>Microseconds a sample, by contestant and round. Ratios within a round compare runs under the same load of the machine.</summary>
    private static double[][] TakeTurns(Action[] contestants, int rounds, TimeSpan turn, int batch)
    {
        var times = contestants.Select(_ => new double[rounds]).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var c = 0; c < contestants.Length; c++)
            {
                var runs = 0;
                var started = Stopwatch.GetTimestamp();
                TimeSpan spent;
                do
                {
                    contestants[c]();
                    runs++;
                    spent = Stopwatch.GetElapsedTime(started);
                }
                while (spent < turn);

                // Round −1 is the warm-up.
                if (round >= 0)
                {
                    times[c][round] = spent.TotalMicroseconds / runs / batch;
                }
            }
        }

        return times;
    }
}
