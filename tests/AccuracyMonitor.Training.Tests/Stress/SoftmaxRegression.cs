using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Training.Tests.Stress;

/// <summary>A classifier whose gradients are known by hand: softmax of a drawn linear map. Its labels are its own predictions.</summary>
internal sealed class SoftmaxRegression : IImageClassifier, ILogGradients
{
    private readonly float[] _weights;

    public SoftmaxRegression(int pixels, int classes, ulong seed, double scale = 1)
    {
        (PixelCount, ClassCount, _weights) = (pixels, classes, new float[classes * pixels]);
        var random = new SplitMix64(seed);
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] = (float)(scale * ((2 * random.NextDouble()) - 1));
        }
    }

    public int PixelCount { get; }

    public int ClassCount { get; }

    public int Asked { get; private set; }

    public void Predict(ReadOnlyMemory<float> images, Span<float> probabilities)
    {
        var count = images.Length / PixelCount;
        Asked += count;
        for (var i = 0; i < count; i++)
        {
            var row = probabilities.Slice(i * ClassCount, ClassCount);
            for (var k = 0; k < ClassCount; k++)
            {
                row[k] = TensorPrimitives.Dot(images.Span.Slice(i * PixelCount, PixelCount), _weights.AsSpan(k * PixelCount, PixelCount));
            }

            TensorPrimitives.SoftMax(row, row);
        }
    }

    /// <summary>∂ log P_k / ∂x_j = w_kj − Σ_l P_l·w_lj.</summary>
    public int Compute(ReadOnlyMemory<float> image, ReadOnlySpan<int> classes, Span<float> gradients)
    {
        var p = new float[ClassCount];
        Predict(image, p);
        Asked--;
        for (var j = 0; j < PixelCount; j++)
        {
            var mean = 0f;
            for (var k = 0; k < ClassCount; k++)
            {
                mean += p[k] * _weights[(k * PixelCount) + j];
            }

            for (var c = 0; c < classes.Length; c++)
            {
                gradients[(c * PixelCount) + j] = _weights[(classes[c] * PixelCount) + j] - mean;
            }
        }

        return 0;
    }

    /// <summary>Images of whole grey levels, with the classifier's predictions as labels.</summary>
    public LabelledInputs Draw(int count, ulong seed)
    {
        var random = new SplitMix64(seed);
        var inputs = new LabelledInputs(new float[count * PixelCount], new int[count]);
        for (var i = 0; i < inputs.Pixels.Length; i++)
        {
            inputs.Pixels[i] = random.NextInt(256) / 255f;
        }

        var p = new float[count * ClassCount];
        Predict(inputs.Pixels, p);
        Asked = 0;
        for (var i = 0; i < count; i++)
        {
            inputs.Labels[i] = TensorPrimitives.IndexOfMax<float>(p.AsSpan(i * ClassCount, ClassCount));
        }

        return inputs;
    }
}
