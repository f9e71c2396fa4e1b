using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AccuracyMonitor.Training.Stress;

/// <summary>
/// A classifier in ONNX, as deployed: one float32 input [n, …] of images, an output [n, K] of float32. Whether these are softmax or logits is decided from
/// its outputs for a black and a grey image: rows of at least 0 that sum to 1 are softmax. One thread. Not thread-safe.
/// </summary>
public sealed class OnnxClassifier : IImageClassifier, IDisposable
{
    private const int BatchSize = 256;
    private const float SumTolerance = 1e-3f;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _output;
    private readonly long[] _shape;
    private readonly float _white;
    private readonly float[] _scaled;
    private readonly bool _isSoftmax;

    /// <param name="onnx">The file.</param>
    /// <param name="name">Of it, for messages.</param>
    /// <param name="white">What the classifier takes for white, positive: 1, or 255 where it wants grey levels.</param>
    /// <exception cref="ArgumentException">No ONNX model, or not of this form; the message says what it has.</exception>
    public OnnxClassifier(byte[] onnx, string name, float white = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(white);
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            _session = new InferenceSession(onnx, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ArgumentException($"{name}: not a readable ONNX model: {e.Message}", nameof(onnx), e);
        }

        var floats = _session.OutputMetadata.Where(o => o.Value.ElementDataType == TensorElementType.Float && o.Value.Dimensions.Length == 2).ToArray();
        var input = _session.InputMetadata.First().Value;
        if (_session.InputMetadata.Count != 1 || input.ElementDataType != TensorElementType.Float || floats.Length == 0
            || input.Dimensions is not [<= 0 or 1, .. var sizes] || sizes.Length == 0 || sizes.Any(d => d <= 0))
        {
            var found = $"inputs {Describe(_session.InputMetadata)} and outputs {Describe(_session.OutputMetadata)}";
            _session.Dispose();
            throw new ArgumentException($"{name}: has {found}; needed are one float32 input [n, fixed sizes] and a float32 output [n, K].", nameof(onnx));
        }

        (_output, _white) = (floats[0].Key, white);
        _shape = [.. input.Dimensions.Select(d => (long)d)];
        PixelCount = sizes.Aggregate(1, (product, size) => product * size);
        _scaled = new float[(_shape[0] == 1 ? 1 : BatchSize) * PixelCount];
        var black = Run(new float[PixelCount]);
        ClassCount = black.Length;
        _isSoftmax = IsDistribution(black) && IsDistribution(Run(Enumerable.Repeat(0.5f, PixelCount).ToArray()));
    }

    public int PixelCount { get; }

    public int ClassCount { get; }

    public void Predict(ReadOnlyMemory<float> images, Span<float> probabilities)
    {
        var count = images.Length / PixelCount;
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, count * ClassCount);
        var most = _scaled.Length / PixelCount;
        for (var start = 0; start < count; start += most)
        {
            var rows = Math.Min(most, count - start);
            var outputs = Run(images.Slice(start * PixelCount, rows * PixelCount));
            for (var row = 0; row < rows; row++)
            {
                var from = outputs.AsSpan(row * ClassCount, ClassCount);
                var to = probabilities.Slice((start + row) * ClassCount, ClassCount);
                if (_isSoftmax)
                {
                    from.CopyTo(to);
                }
                else
                {
                    TensorPrimitives.Subtract(from, TensorPrimitives.Max<float>(from), to);
                    TensorPrimitives.SoftMax(to, to);
                }
            }
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private static bool IsDistribution(ReadOnlySpan<float> row) => TensorPrimitives.Min(row) >= 0 && Math.Abs(TensorPrimitives.Sum(row) - 1) <= SumTolerance;

    private static string Describe(IReadOnlyDictionary<string, NodeMetadata> nodes) =>
        string.Join(", ", nodes.Select(n => $"{n.Key} {n.Value.ElementDataType} [{string.Join(",", n.Value.Dimensions)}]"));

    private float[] Run(ReadOnlyMemory<float> images)
    {
        TensorPrimitives.Multiply(images.Span, _white, _scaled.AsSpan(0, images.Length));
        long[] shape = [images.Length / PixelCount, .. _shape.AsSpan(1)];
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _scaled.AsMemory(0, images.Length), shape);
        using var results = _session.Run(_run, [.. _session.InputNames], [input], [_output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
