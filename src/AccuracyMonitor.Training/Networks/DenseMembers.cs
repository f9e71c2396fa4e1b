using System.Numerics.Tensors;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Networks;

/// <summary>Logits of every member before calibration, without libtorch.</summary>
internal static class DenseMembers
{
    /// <returns>Row-major n×T.</returns>
    public static float[] Logits(MonitorMetadata shape, MonitorWeights weights, TrainingData data)
    {
        var all = Members.Of(shape);
        var logits = new float[data.Count * shape.Members];
        float[][] layers = [.. weights.Layers.Select(l => new float[l.Outputs])];
        var (first, masked) = (layers[0], new float[layers[0].Length]);
        var features = new float[data.FeatureCount];
        for (var row = 0; row < data.Count; row++)
        {
            TensorPrimitives.Subtract(data.Features.AsSpan(row * features.Length, features.Length), weights.FeatureMean, features);
            TensorPrimitives.Multiply(features, weights.FeatureScale, features);
            Apply(weights.Layers[0], features, first);
            TensorPrimitives.Max(first, 0, first);
            for (var t = 0; t < shape.Members; t++)
            {
                var x = masked;
                TensorPrimitives.Multiply(first, all.Masks[0].AsSpan(t * first.Length, first.Length), x);
                for (var l = 1; l < layers.Length; l++)
                {
                    Apply(weights.Layers[l], x, layers[l]);
                    x = layers[l];
                    if (l < layers.Length - 1)
                    {
                        TensorPrimitives.Max(x, 0, x);
                        TensorPrimitives.Multiply(x, all.Masks[l].AsSpan(t * x.Length, x.Length), x);
                    }
                }

                logits[(row * shape.Members) + t] = x[0] + (weights.ConfidenceScale * data.Confidence[row]);
            }
        }

        return logits;
    }

    /// <summary>Logit of the mean calibrated score of each sample.</summary>
    public static double[] Calibrated(MonitorMetadata shape, MonitorWeights weights, TrainingData data) =>
        LogitCalibration.Of(shape).Logits(Logits(shape, weights, data), shape.Members);

    /// <summary>x·W + b of one sample.</summary>
    public static void Apply(DenseLayer layer, ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        layer.Bias.CopyTo(outputs);
        if (layer.Outputs == 1)
        {
            outputs[0] += TensorPrimitives.Dot(inputs, layer.Weights);
            return;
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] != 0)
            {
                TensorPrimitives.MultiplyAdd(layer.Weights.AsSpan(i * layer.Outputs, layer.Outputs), inputs[i], outputs, outputs);
            }
        }
    }
}
