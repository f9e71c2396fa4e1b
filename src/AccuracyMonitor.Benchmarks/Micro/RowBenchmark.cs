using AccuracyMonitor.Client;
using AccuracyMonitor.Protocol;
using AccuracyMonitor.V1;
using BenchmarkDotNet.Attributes;

namespace AccuracyMonitor.Benchmarks.Micro;

/// <summary>One row of probabilities: the check that every row passes, and the encodings that a client writes.</summary>
public class RowBenchmark
{
    private float[] _row = [];
    private float[] _copy = [];

    [Params(10, 1000)]
    public int Classes { get; set; }

    [GlobalSetup]
    public void SetUp() => (_row, _copy) = (BenchLoad.Softmax(Classes, 1, seed: 1), new float[Classes]);

    [Benchmark]
    public bool Check() => SoftmaxRow.IsProbabilities(_row);

    [Benchmark]
    public PredictionBatch EncodeFloat32() => Encode(ValueEncoding.Float32);

    [Benchmark]
    public PredictionBatch EncodeFloat16() => Encode(ValueEncoding.Float16);

    [Benchmark]
    public PredictionBatch EncodeTop5() => Encode(ValueEncoding.Top);

    private PredictionBatch Encode(ValueEncoding encoding)
    {
        // The encoder overwrites its rows.
        _row.CopyTo(_copy, 0);
        var batch = new PredictionBatch { ClassCount = (uint)Classes };
        BatchEncoder.Encode(batch, _copy, logits: false, encoding, top: 5);
        return batch;
    }
}
