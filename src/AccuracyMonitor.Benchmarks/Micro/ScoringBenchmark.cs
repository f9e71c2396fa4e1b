using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using BenchmarkDotNet.Attributes;

namespace AccuracyMonitor.Benchmarks.Micro;

/// <summary>The ensemble of the default shape on one batch, on the CPU: the hot path of the scoring loop.</summary>
public class ScoringBenchmark : IDisposable
{
    private EnsembleScorer? _scorer;
    private float[] _rows = [];
    private float[] _logits = [];
    private float[] _disagreements = [];

    [Params(10)]
    public int Classes { get; set; }

    [Params(1, 64, 256)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var shape = DrawnMonitor.Shape(Classes, DrawnMonitor.EncodingFor(Classes));
        _scorer = EnsembleScorer.Load(MonitorFile.Write(shape, DrawnMonitor.Weights(shape)).Onnx, new ScorerOptions(ExecutionProvider.Cpu));
        (_rows, _logits, _disagreements) = (BenchLoad.Softmax(Classes, Batch, seed: 3), new float[Batch], new float[Batch]);
    }

    [Benchmark]
    public float Score()
    {
        _scorer!.Score(_rows, Batch, Classes, _logits, _disagreements);
        return _logits[0];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _scorer?.Dispose();
        GC.SuppressFinalize(this);
    }
}
