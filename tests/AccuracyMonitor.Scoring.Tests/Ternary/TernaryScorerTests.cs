using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;

namespace AccuracyMonitor.Scoring.Tests.Ternary;

public sealed class TernaryScorerTests
{
    [Theory]
    [InlineData(MonitorEncoding.SortedLogWithClass, 10, 0.5, 64, 64)]
    [InlineData(MonitorEncoding.SortedLog, 1000, 0.2, 32, 16)]
    [InlineData(MonitorEncoding.SortedLog, 3, 0.5, 16)]
    [InlineData(MonitorEncoding.RawSoftmax, 10, 0.0, 12, 7)]
    public void Scores_as_ONNX_Runtime_does_with_the_same_weights(MonitorEncoding encoding, int classes, double dropout, params int[] widths)
    {
        const int Count = 301;
        var shape = SomeMonitor.Shape(classes, encoding, dropout: dropout, widths: widths);
        var weights = SomeTernary.Weights(shape);
        using var scorer = TernaryScorer.Load(TernaryFile.Write(shape, weights).File);
        using var runtime = EnsembleScorer.Load(MonitorFile.Write(shape, weights.ToDense()).Onnx, new ScorerOptions(ExecutionProvider.Cpu));
        var rows = SomeMonitor.Softmax(Count, classes);
        var (logits, disagreements) = (new float[Count], new float[Count]);
        var (expected, expectedDisagreements) = (new float[Count], new float[Count]);

        scorer.Score(rows, Count, classes, logits, disagreements);

        runtime.Score(rows, Count, classes, expected, expectedDisagreements);
        for (var i = 0; i < Count; i++)
        {
            logits[i].ShouldBe(expected[i], 1e-4f * Math.Max(1, Math.Abs(expected[i])), $"row {i}");
            disagreements[i].ShouldBe(expectedDisagreements[i], 1e-4f, $"row {i}");
        }
    }

    [Fact]
    public void Reads_no_more_of_a_row_than_its_largest_values_where_the_encoding_allows()
    {
        var shape = SomeMonitor.Shape(classes: 50);
        using var scorer = TernaryScorer.Load(TernaryFile.Write(shape, SomeTernary.Weights(shape)).File);
        var rows = SomeMonitor.Softmax(40, 50);
        float[] largest = [.. Enumerable.Range(0, 40).SelectMany(i => rows.AsSpan(i * 50, 50).ToArray().OrderDescending().Take(10))];
        var (whole, part) = (new float[40], new float[40]);

        scorer.Score(rows, 40, 50, whole, new float[40]);
        scorer.ScoreLargest(largest, 40, 10, part, new float[40]);

        part.ShouldBe(whole, 1e-5);
        Should.Throw<ArgumentException>(() => scorer.ScoreLargest(largest.AsSpan(0, 40), 4, 9, part, new float[40]));
    }

    [Fact]
    public void A_disposed_scorer_says_so()
    {
        var shape = SomeMonitor.Shape();
        var scorer = TernaryScorer.Load(TernaryFile.Write(shape, SomeTernary.Weights(shape)).File);
        scorer.Dispose();

        Should.Throw<ObjectDisposedException>(() => scorer.Score(SomeMonitor.Softmax(1, 10), 1, 10, new float[1], new float[1]));
    }
}
