using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Training;

namespace AccuracyMonitor.Benchmarks;

/// <summary>A monitor with the default shape and random weights. The cost of scoring does not depend on the weights.</summary>
internal static class DrawnMonitor
{
    /// <summary>The shape that training chooses by default for K.</summary>
    public static MonitorEncoding EncodingFor(int classes) =>
        classes <= TrainingOptions.MostClassesToTellApart ? MonitorEncoding.SortedLogWithClass : MonitorEncoding.SortedLog;

    /// <param name="classes">K.</param>
    /// <param name="encoding">Input encoding of the network.</param>
    public static MonitorMetadata Shape(int classes, MonitorEncoding encoding)
    {
        var options = new TrainingOptions();
        return new MonitorMetadata
        {
            Encoding = encoding,
            ClassCount = classes,
            Members = options.Members,
            MaskSeed = 7,
            DropoutRate = options.Dropout,
            HiddenWidths = options.HiddenWidths,
            CalibrationScale = 0.9,
            CalibrationShift = 0.1,
            ReferenceCount = 1000,
            ReferenceAccuracy = 0.9,
        };
    }

    /// <summary>A ternary monitor of the same shape; a quarter of its weights are 0, as after training.</summary>
    public static TernaryWeights Ternary(MonitorWeights weights) => new(
        weights.FeatureMean, weights.FeatureScale, weights.ConfidenceScale,
        [.. weights.Layers.Select(l =>
        {
            var bound = l.Weights.Max(Math.Abs) / 4;
            return new TernaryLayer(l.Inputs, l.Outputs, [.. l.Weights.Select(w => (sbyte)(Math.Abs(w) > bound ? Math.Sign(w) : 0))], bound, l.Bias);
        })]);

    public static MonitorWeights Weights(MonitorMetadata shape)
    {
        var random = new SplitMix64(1);
        float[] Draw(int n, double bound) => [.. Enumerable.Range(0, n).Select(_ => (float)(bound * ((2 * random.NextDouble()) - 1)))];
        var inputs = FeatureEncoding.Width(shape.Encoding, shape.ClassCount);
        var (mean, scale) = (Draw(inputs, 1), Draw(inputs, 0.5).Select(s => MathF.Abs(s) + 0.1f).ToArray());
        List<DenseLayer> layers = [];
        foreach (var outputs in shape.HiddenWidths.Append(1))
        {
            layers.Add(new DenseLayer(inputs, outputs, Draw(inputs * outputs, 1 / Math.Sqrt(inputs)), Draw(outputs, 0.3)));
            inputs = outputs;
        }

        return new MonitorWeights(mean, scale, shape.Encoding == MonitorEncoding.RawSoftmax ? 0 : 0.7f, layers);
    }
}
