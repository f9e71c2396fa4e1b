using System.Numerics.Tensors;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.BitCentering;

/// <summary>A monitor's last layer as a convex problem: the outputs of the earlier layers stay fixed while it is fitted.</summary>
internal static class HeadProblem
{
    /// <param name="shape">Gives the calibration: the loss is that of the calibrated members.</param>
    /// <param name="weights">Weights before the change.</param>
    /// <param name="data">Encoded labels.</param>
    /// <param name="penalty">λ, of a change that moves the logit by at most 1 in mean square.</param>
    /// <param name="membersPerSample">Number of randomly chosen members per sample; all members if there are fewer.</param>
    /// <param name="random">Chooses the members.</param>
    /// <returns>The problem in units of <c>Scale</c>: a solution divided by it is the change of the layer's weights, then of its bias.</returns>
    public static (LogisticHead Head, double Scale) Of(
        MonitorMetadata shape, MonitorWeights weights, TrainingData data, double penalty, int membersPerSample, SplitMix64 random)
    {
        if (shape.CalibrationScale == 0)
        {
            throw new MonitorFileException(
                "Monitor file: its calibration_scale is 0, so its scores do not hang on its network; it must not be 0 to be adapted.");
        }

        var layer = weights.Layers[^1];
        var (d, seen) = (layer.Inputs + 1, Math.Min(membersPerSample, shape.Members));
        var n = data.Count * seen;
        var (inputs, offsets, correct, importance) = (new double[n * d], new double[n], new float[n], new float[n]);
        var (hidden, members) = (new HiddenLayers(shape, weights), Enumerable.Range(0, shape.Members).ToArray());
        var mean = data.Weights.Average();
        for (var i = 0; i < data.Count; i++)
        {
            random.Shuffle(members, seen);
            for (var m = 0; m < seen; m++)
            {
                var at = (i * seen) + m;
                var row = hidden.Of(data, i, members[m]);
                var x = inputs.AsSpan(at * d, d);
                for (var j = 0; j < row.Length; j++)
                {
                    x[j] = shape.CalibrationScale * row[j];
                }

                x[^1] = shape.CalibrationScale;
                var logit = TensorPrimitives.Dot(row, layer.Weights) + layer.Bias[0] + (weights.ConfidenceScale * data.Confidence[i]);
                offsets[at] = (shape.CalibrationScale * logit) + shape.CalibrationShift;
                (correct[at], importance[at]) = (data.Correct[i], data.Weights[i] / mean);
            }
        }

        var scale = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(inputs) / n);
        TensorPrimitives.Divide(inputs, scale, inputs);
        return (new LogisticHead(inputs, offsets, correct, importance, penalty), scale);
    }

    /// <summary>The monitor with its last layer changed.</summary>
    public static MonitorWeights Changed(MonitorWeights weights, ReadOnlySpan<float> change)
    {
        var last = weights.Layers[^1];
        var (w, b) = (last.Weights.ToArray(), last.Bias.ToArray());
        TensorPrimitives.Add(w, change[..^1], w);
        b[0] += change[^1];
        return weights with { Layers = [.. weights.Layers.SkipLast(1), last with { Weights = w, Bias = b }] };
    }
}
