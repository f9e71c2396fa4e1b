using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Networks;

/// <summary>Initial weights of pre-training.</summary>
internal static class InitialWeights
{
    /// <summary>Lower bound of a feature's standard deviation, so that standardising does not amplify a nearly constant feature.</summary>
    private const double SmallestDeviation = 1e-3;

    /// <summary>Uniform on ±√(6/inputs) (He et al., 2015, for ReLU), output layer ±√(1/inputs), biases 0 but the last, which starts at the
    /// logit of the accuracy; features standardised to mean 0, deviation 1.</summary>
    public static MonitorWeights For(TrainingData data, MonitorEncoding encoding, IReadOnlyList<int> hiddenWidths, ref SplitMix64 random)
    {
        var (mean, scale) = Standardisation(data);
        var layers = new List<DenseLayer>();
        var inputs = data.FeatureCount;
        foreach (var outputs in hiddenWidths)
        {
            layers.Add(Layer(inputs, outputs, Math.Sqrt(6.0 / inputs), ref random));
            inputs = outputs;
        }

        if (encoding == MonitorEncoding.RawSoftmax)
        {
            var raw = Layer(inputs, 1, Math.Sqrt(1.0 / inputs), ref random);
            var right = data.Correct.Sum() + 0.5;
            raw.Bias[0] = (float)Math.Log(right / (data.Count + 1 - right));
            return new MonitorWeights(mean, scale, 0, [.. layers, raw]);
        }

        var last = Layer(inputs, 1, 0, ref random);
        var baseline = LogitCalibration.Fit(data.Confidence, data.Correct, data.Weights, 1);
        last.Bias[0] = (float)baseline.Shift;
        return new MonitorWeights(mean, scale, (float)baseline.Scale, [.. layers, last]);
    }

    private static DenseLayer Layer(int inputs, int outputs, double bound, ref SplitMix64 random)
    {
        var weights = new float[inputs * outputs];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(bound * ((2 * random.NextDouble()) - 1));
        }

        return new DenseLayer(inputs, outputs, weights, new float[outputs]);
    }

    private static (float[] Mean, float[] Scale) Standardisation(TrainingData data)
    {
        var width = data.FeatureCount;
        var (sum, squares) = (new double[width], new double[width]);
        for (var i = 0; i < data.Features.Length; i++)
        {
            sum[i % width] += data.Features[i];
        }

        for (var i = 0; i < data.Features.Length; i++)
        {
            var d = data.Features[i] - (sum[i % width] / data.Count);
            squares[i % width] += d * d;
        }

        return ([.. sum.Select(s => (float)(s / data.Count))],
            [.. squares.Select(s => (float)(1 / Math.Max(Math.Sqrt(s / data.Count), SmallestDeviation)))]);
    }
}
