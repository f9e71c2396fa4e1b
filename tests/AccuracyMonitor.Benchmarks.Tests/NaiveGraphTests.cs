using AccuracyMonitor.Benchmarks;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Benchmarks.Tests;

public class NaiveGraphTests
{
    private const int Rows = 40;

    public static TheoryData<int, MonitorEncoding, int[]> Shapes() => new()
    {
        { 10, MonitorEncoding.RawSoftmax, [64, 64] },
        { 10, MonitorEncoding.SortedLog, [64, 64] },
        { 10, MonitorEncoding.SortedLogWithClass, [64, 64] },
        { 300, MonitorEncoding.SortedLog, [32] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Passes_OneAMember_ScoreAsTheShippedEnsemble(int classes, MonitorEncoding encoding, int[] widths)
    {
        var shape = DrawnMonitor.Shape(classes, encoding) with { HiddenWidths = widths };
        var weights = DrawnMonitor.Weights(shape);
        var rows = BenchLoad.Softmax(classes, Rows, seed: 3);

        Same(NaiveGraph.Passes(shape, weights), shape, weights, rows);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Single_WithoutDropout_ScoresAsAnEnsembleOfOne(int classes, MonitorEncoding encoding, int[] widths)
    {
        var shape = DrawnMonitor.Shape(classes, encoding) with { HiddenWidths = widths, Members = 1, DropoutRate = 0 };
        var weights = DrawnMonitor.Weights(shape);
        var rows = BenchLoad.Softmax(classes, Rows, seed: 3);

        Same(NaiveGraph.Single(shape, weights), shape, weights, rows);
    }

    private static void Same(byte[] graph, MonitorMetadata shape, MonitorWeights weights, float[] rows)
    {
        using var scorer = EnsembleScorer.Load(MonitorFile.Write(shape, weights).Onnx, new ScorerOptions(ExecutionProvider.Cpu));
        var (logits, disagreements) = (new float[Rows], new float[Rows]);
        scorer.Score(rows, Rows, shape.ClassCount, logits, disagreements);
        using var runner = new GraphRunner(graph, rows, shape.ClassCount);

        runner.Run();

        logits.Distinct().Count().ShouldBeGreaterThan(Rows / 2);
        for (var i = 0; i < Rows; i++)
        {
            runner.Logits[i].ShouldBe(logits[i], 1e-4f * (1 + Math.Abs(logits[i])));
        }

        for (var i = 0; i < runner.Disagreements.Length; i++)
        {
            runner.Disagreements[i].ShouldBe(disagreements[i], 1e-5f);
        }
    }
}
