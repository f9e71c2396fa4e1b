using AccuracyMonitor.Scoring.Networks;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Scoring.Tests;

public class EnsembleScorerTests
{
    private static readonly ScorerOptions OnCpu = new(ExecutionProvider.Cpu);

    public static TheoryData<int, MonitorEncoding, double, int[]> Shapes()
    {
        var shapes = new TheoryData<int, MonitorEncoding, double, int[]>();
        foreach (var classes in new[] { 2, 10, 43, 1000 })
        {
            foreach (var encoding in Enum.GetValues<MonitorEncoding>())
            {
                shapes.Add(classes, encoding, 0.2, [16, 8]);
            }
        }

        shapes.Add(10, MonitorEncoding.SortedLog, 0, [16, 8]);
        shapes.Add(10, MonitorEncoding.SortedLog, 0.5, [64, 64]);
        shapes.Add(10, MonitorEncoding.SortedLogWithClass, 0.5, [32]);
        shapes.Add(43, MonitorEncoding.RawSoftmax, 0.9, [3]);
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_file_computes_what_the_monitor_is_by_definition(int classes, MonitorEncoding encoding, double dropout, int[] widths)
    {
        var shape = SomeMonitor.Shape(classes, encoding, dropout: dropout, widths: widths);
        var weights = SomeMonitor.Weights(shape);
        using var scorer = EnsembleScorer.Load(MonitorFile.Write(shape, weights).Onnx, OnCpu);
        var rows = SomeMonitor.Softmax(20, classes);

        var (logits, disagreements) = Score(scorer, rows, classes);

        for (var i = 0; i < logits.Length; i++)
        {
            var (logit, disagreement) = SomeMonitor.Score(shape, weights, rows.AsSpan(i * classes, classes));
            ((double)logits[i]).ShouldBe(logit, 2e-5 * (1 + Math.Abs(logit)));
            ((double)disagreements[i]).ShouldBe(disagreement, 1e-5);
        }
    }

    [Theory]
    [InlineData(25)]
    [InlineData(-25)]
    [InlineData(55)]
    [InlineData(-55)]
    [InlineData(1e9)]
    [InlineData(-1e9)]
    public void Near_certainty_keeps_its_precision_and_stays_finite(double shift)
    {
        var shape = SomeMonitor.Shape() with { CalibrationScale = 0.01, CalibrationShift = Math.Clamp(shift, -1e6, 1e6) };
        var weights = SomeMonitor.Weights(shape);
        using var scorer = EnsembleScorer.Load(MonitorFile.Write(shape, weights).Onnx, OnCpu);
        var rows = SomeMonitor.Softmax(3, 10);

        var (logits, disagreements) = Score(scorer, rows, 10);

        var expected = Math.Clamp(SomeMonitor.Score(shape, weights, rows.AsSpan(0, 10)).Logit, -60, 60);
        ((double)logits[0]).ShouldBe(double.IsFinite(expected) ? expected : Math.Sign(shift) * 60, 1e-4 * Math.Abs(expected));
        disagreements.ShouldAllBe(d => d >= 0 && d < 1e-6f);
    }

    [Fact]
    public void A_row_scores_the_same_in_any_batch()
    {
        using var scorer = EnsembleScorer.Load(SomeMonitor.File(), OnCpu);
        var rows = SomeMonitor.Softmax((2 * EnsembleScorer.MaxRows) + 3, 10);
        var (together, _) = Score(scorer, rows, 10);

        for (var i = 0; i < together.Length; i += 41)
        {
            Score(scorer, rows[(i * 10)..((i + 1) * 10)], 10).Logits[0].ShouldBe(together[i], 1e-5f);
        }

        Score(scorer, rows, 10).Logits.ShouldBe(together);
        Score(scorer, [], 10).Logits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(1000)]
    public void The_largest_probabilities_alone_are_scored_like_the_whole_row(int classes)
    {
        using var scorer = EnsembleScorer.Load(SomeMonitor.File(SomeMonitor.Shape(classes)), OnCpu);
        var rows = SomeMonitor.Softmax(EnsembleScorer.MaxRows + 20, classes);
        var count = rows.Length / classes;
        var width = Math.Min(classes, scorer.Largest!.Value + 3);
        var largest = rows.Chunk(classes).SelectMany(r => r.OrderDescending().Take(width)).ToArray();
        var (logits, disagreements) = (new float[count], new float[count]);

        scorer.ScoreLargest(largest, count, width, logits, disagreements);

        var whole = Score(scorer, rows, classes);
        logits.ShouldBe(whole.Logits);
        disagreements.ShouldBe(whole.Disagreements);
    }

    [Fact]
    public void A_monitor_that_reads_the_whole_row_refuses_less()
    {
        using var reader = EnsembleScorer.Load(SomeMonitor.File(SomeMonitor.Shape(43, MonitorEncoding.SortedLogWithClass)), OnCpu);
        reader.Largest.ShouldBeNull();
        Should.Throw<ArgumentException>(() => reader.ScoreLargest(new float[10], 1, 10, new float[1], new float[1]))
            .Message.ShouldContain("reads all of 43 classes, not 10");
        using var sorted = EnsembleScorer.Load(SomeMonitor.File(SomeMonitor.Shape(43)), OnCpu);
        Should.Throw<ArgumentException>(() => sorted.ScoreLargest(new float[9], 1, 9, new float[1], new float[1]))
            .Message.ShouldContain("the 10 largest of 43 classes, not 9");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_scorer_and_the_files_own_graph_give_the_same(int classes, MonitorEncoding encoding, double dropout, int[] widths)
    {
        var file = SomeMonitor.File(SomeMonitor.Shape(classes, encoding, dropout: dropout, widths: widths));
        using var scorer = EnsembleScorer.Load(file, OnCpu);
        var rows = SomeMonitor.Softmax(20, classes);
        using var session = new InferenceSession(file);
        using var input = OrtValue.CreateTensorValueFromMemory(rows, [20, classes]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, [MonitorGraph.Input], [input], [MonitorGraph.Logit, MonitorGraph.Disagreement]);

        var (logits, disagreements) = Score(scorer, rows, classes);

        logits.ShouldBe(outputs[0].GetTensorDataAsSpan<float>().ToArray(), 1e-4);
        disagreements.ShouldBe(outputs[1].GetTensorDataAsSpan<float>().ToArray(), 1e-5);
    }

    [Fact]
    public void Scoring_allocates_nothing_once_the_batch_sizes_were_seen()
    {
        using var scorer = EnsembleScorer.Load(SomeMonitor.File(), OnCpu);
        var rows = SomeMonitor.Softmax(300, 10);
        var (logits, disagreements) = (new float[300], new float[300]);
        int[] sizes = [1, 7, 64, 300];
        void Round()
        {
            foreach (var n in sizes)
            {
                scorer.Score(rows.AsSpan(0, n * 10), n, 10, logits, disagreements);
            }
        }

        Round();
        Round();
        Allocations.LeastOf(_ =>
        {
            for (var i = 0; i < 50; i++)
            {
                Round();
            }
        }).ShouldBe(0);
    }

    [Fact]
    public void Several_threads_get_the_same_scores()
    {
        using var scorer = EnsembleScorer.Load(SomeMonitor.File(), OnCpu);
        var rows = SomeMonitor.Softmax(64, 10);
        var expected = Score(scorer, rows, 10).Logits;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Score(scorer, rows, 10).Logits.ShouldBe(expected));
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        using var scorer = EnsembleScorer.Load(SomeMonitor.File(), OnCpu);
        Should.Throw<ArgumentException>(() => scorer.Score(new float[43], 1, 43, new float[1], new float[1])).Message.ShouldContain("reads 10 classes, not 43");
        Should.Throw<ArgumentException>(() => scorer.Score(new float[19], 2, 10, new float[2], new float[2]))
            .Message.ShouldContain("19 probabilities are not 2 rows of 10");
        Should.Throw<ArgumentException>(() => scorer.Score(new float[20], 2, 10, new float[1], new float[2]));
        Should.Throw<ArgumentOutOfRangeException>(() => scorer.Score([], -1, 10, [], []));
    }

    [Fact]
    public void After_disposal_a_call_throws_and_disposing_again_is_nothing()
    {
        var scorer = EnsembleScorer.Load(SomeMonitor.File(), OnCpu);
        Score(scorer, SomeMonitor.Softmax(3, 10), 10);
        scorer.Dispose();
        scorer.Dispose();
        Should.Throw<ObjectDisposedException>(() => scorer.Score(new float[10], 1, 10, new float[1], new float[1]));
    }

    [Fact]
    public void Says_what_it_is()
    {
        using IMonitorScorer scorer = EnsembleScorer.Load(SomeMonitor.File(), new ScorerOptions(ExecutionProvider.Cpu, ClassCount: 10));
        scorer.Kind.ShouldBe("ensemble");
        scorer.ClassCount.ShouldBe(10);
        scorer.Version.ShouldBe(scorer.Metadata!.MonitorVersion);
        scorer.Version.ShouldMatch("^m-[0-9a-f]{12}$");
    }

    [Fact]
    public void Cuda_without_it_is_a_clear_error_and_auto_falls_back_with_one_line()
    {
        Assert.SkipWhen(Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This ONNX Runtime has CUDA.");
        Should.Throw<InvalidOperationException>(() => EnsembleScorer.Load(SomeMonitor.File(), new ScorerOptions(ExecutionProvider.Cuda)))
            .Message.ShouldBe("The execution provider Cuda is asked for, and this build of ONNX Runtime has no CUDA. "
                + "Build with -p:Gpu=true on a machine with CUDA, or choose Cpu or Auto.");

        var log = new Lines();
        using var scorer = EnsembleScorer.Load(SomeMonitor.File(), new ScorerOptions(), log);
        Score(scorer, SomeMonitor.Softmax(2, 10), 10);
        log.Written.ShouldBe(["Scoring on the CPU: this build of ONNX Runtime has no CUDA."]);
    }

    private static (float[] Logits, float[] Disagreements) Score(EnsembleScorer scorer, float[] rows, int classes)
    {
        var n = rows.Length / classes;
        var (logits, disagreements) = (new float[n], new float[n]);
        scorer.Score(rows, n, classes, logits, disagreements);
        return (logits, disagreements);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
