using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Tests;

/// <summary>Monitors with drawn weights, softmax vectors, and what a monitor is by its definition: plain loops in double precision.</summary>
internal static class SomeMonitor
{
    public static MonitorMetadata Shape(
        int classes = 10, MonitorEncoding encoding = MonitorEncoding.SortedLog, int members = 20, double dropout = 0.2, params int[] widths) => new()
        {
            Encoding = encoding,
            ClassCount = classes,
            Members = members,
            MaskSeed = 7,
            DropoutRate = dropout,
            HiddenWidths = widths.Length == 0 ? [16, 8] : widths,
            CalibrationScale = 0.9,
            CalibrationShift = 0.1,
            ReferenceCount = 1000,
            ReferenceAccuracy = 0.9,
            TrainingNumbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["epochs"] = "3" },
        };

    public static MonitorWeights Weights(MonitorMetadata shape, ulong seed = 1)
    {
        var random = new SplitMix64(seed);
        float[] Draw(int n, double bound) => [.. Enumerable.Range(0, n).Select(_ => (float)(bound * ((2 * random.NextDouble()) - 1)))];
        var inputs = FeatureEncoding.Width(shape.Encoding, shape.ClassCount);
        var (mean, scale) = (Draw(inputs, 1), Draw(inputs, 1).Select(s => Math.Abs(s) + 0.1f).ToArray());
        var layers = new List<DenseLayer>();
        foreach (var outputs in shape.HiddenWidths.Append(1))
        {
            layers.Add(new DenseLayer(inputs, outputs, Draw(inputs * outputs, 1 / Math.Sqrt(inputs)), Draw(outputs, 0.3)));
            inputs = outputs;
        }

        return new MonitorWeights(mean, scale, shape.Encoding == MonitorEncoding.RawSoftmax ? 0 : 0.7f, layers);
    }

    public static byte[] File(MonitorMetadata? shape = null, ulong seed = 1)
    {
        shape ??= Shape();
        return MonitorFile.Write(shape, Weights(shape, seed)).Onnx;
    }

    /// <summary>Rows of softmax over normal logits; every seventh is saturated: exactly one 1, the rest 0.</summary>
    public static float[] Softmax(int rows, int classes, ulong seed = 2)
    {
        var random = new SplitMix64(seed);
        var result = new float[rows * classes];
        for (var i = 0; i < rows; i++)
        {
            var row = result.AsSpan(i * classes, classes);
            if (i % 7 == 6)
            {
                row[random.NextInt(classes)] = 1;
                continue;
            }

            var sum = 0.0;
            for (var k = 0; k < classes; k++)
            {
                row[k] = (float)Math.Exp(8 * random.NextDouble());
                sum += row[k];
            }

            for (var k = 0; k < classes; k++)
            {
                row[k] = (float)(row[k] / sum);
            }
        }

        return result;
    }

    public static (double Logit, double Disagreement) Score(MonitorMetadata shape, MonitorWeights weights, ReadOnlySpan<float> probabilities)
    {
        var features = new float[FeatureEncoding.Width(shape.Encoding, shape.ClassCount)];
        FeatureEncoding.Encode(shape.Encoding, probabilities, features);
        var x = features.Select((f, i) => ((double)f - weights.FeatureMean[i]) * weights.FeatureScale[i]).ToArray();
        var scores = new double[shape.Members];
        var opposite = new double[shape.Members];
        for (var t = 0; t < shape.Members; t++)
        {
            var z = Member(shape, weights, x, t) + (weights.ConfidenceScale * FeatureEncoding.ConfidenceLogit(probabilities));
            z = (shape.CalibrationScale * z) + shape.CalibrationShift;
            (scores[t], opposite[t]) = (1 / (1 + Math.Exp(-z)), 1 / (1 + Math.Exp(z)));
        }

        var mean = scores.Average();
        return (Math.Log(mean) - Math.Log(opposite.Average()), Math.Sqrt(scores.Average(s => (s - mean) * (s - mean))));
    }

    private static double Member(MonitorMetadata shape, MonitorWeights weights, double[] features, int member)
    {
        var x = features;
        for (var l = 0; l < shape.HiddenWidths.Count; l++)
        {
            var width = shape.HiddenWidths[l];
            var kept = DropoutMask.Kept(shape.MaskSeed, member, l, width, shape.DropoutRate);
            var dense = Dense(weights.Layers[l], x);
            x = [.. Enumerable.Range(0, width).Select(i =>
                kept.Contains(i) ? Math.Max(dense[i], 0) * DropoutMask.Scale(width, shape.DropoutRate) : 0)];
        }

        return Dense(weights.Layers[^1], x)[0];
    }

    private static double[] Dense(DenseLayer layer, double[] x) =>
        [.. Enumerable.Range(0, layer.Outputs).Select(o => layer.Bias[o] + x.Select((v, i) => v * layer.Weights[(i * layer.Outputs) + o]).Sum())];
}
