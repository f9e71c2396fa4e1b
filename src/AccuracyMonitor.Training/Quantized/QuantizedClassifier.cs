using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>A small dense classifier trained with few bits: softmax, cross-entropy, AdamW. It separates the quantizers well: once it fits
/// its training set, few rows of a batch still have a gradient.</summary>
internal sealed class QuantizedClassifier
{
    private readonly QuantizedLayers _layers;
    private readonly AdamW[] _optimizers;
    private readonly int _classes;
    private SplitMix64 _random;
    private int _steps;

    /// <param name="features">F.</param>
    /// <param name="hidden">Widths.</param>
    /// <param name="classes">K.</param>
    /// <param name="learningRate">AdamW's step.</param>
    /// <param name="options">Null: full precision.</param>
    /// <param name="seed">First weights, order and rounding.</param>
    /// <param name="meter">Measures the variance that quantizing adds; null: it is not measured.</param>
    public QuantizedClassifier(
        int features, IReadOnlyList<int> hidden, int classes, double learningRate, QuantizationOptions? options, ulong seed, VarianceMeter? meter = null)
    {
        _classes = classes;
        _random = SplitMix64.Stream(seed, 41, 0);
        var (layers, inputs) = (new List<DenseLayer>(), features);
        foreach (var outputs in hidden.Append(classes))
        {
            var weights = new float[inputs * outputs];
            var bound = Math.Sqrt(6.0 / inputs);
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = (float)(bound * ((2 * _random.NextDouble()) - 1));
            }

            layers.Add(new DenseLayer(inputs, outputs, weights, new float[outputs]));
            inputs = outputs;
        }

        _layers = new QuantizedLayers(layers, options) { Meter = meter };
        _optimizers = [.. ((IEnumerable<float[]>)[.. _layers.Weights, .. _layers.Biases]).Select(p => new AdamW(p.Length, learningRate, 0))];
    }

    /// <summary>Bytes of activations that one sample of the last step stored for the backward pass, and those that single precision would need.</summary>
    public (double Kept, double Single) SavedBytes => _layers.SavedBytes;

    /// <summary>One pass in random order.</summary>
    /// <returns>Share of the rows classified correctly during the pass.</returns>
    public double Epoch(ReadOnlySpan<float> features, ReadOnlySpan<int> labels, int batchSize)
    {
        var order = Enumerable.Range(0, labels.Length).ToArray();
        _random.Shuffle(order, order.Length);
        var (width, right) = (features.Length / labels.Length, 0);
        for (var from = 0; from < order.Length; from += batchSize)
        {
            var rows = order.AsSpan(from, Math.Min(batchSize, order.Length - from));
            var (x, y) = (new float[rows.Length * width], new int[rows.Length]);
            for (var i = 0; i < rows.Length; i++)
            {
                features.Slice(rows[i] * width, width).CopyTo(x.AsSpan(i * width));
                y[i] = labels[rows[i]];
            }

            right += Step(x, y);
        }

        return right / (double)labels.Length;
    }

    public double Accuracy(ReadOnlySpan<float> features, ReadOnlySpan<int> labels)
    {
        var outputs = _layers.Forward(features, labels.Length, masks: null);
        var right = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            right += FeatureEncoding.PredictedClass(outputs.AsSpan(row * _classes, _classes)) == labels[row] ? 1 : 0;
        }

        return right / (double)labels.Length;
    }

    private int Step(float[] x, int[] labels)
    {
        var (n, right) = (labels.Length, 0);
        var gradient = _layers.Forward(x, n, masks: null);
        for (var row = 0; row < n; row++)
        {
            var p = gradient.AsSpan(row * _classes, _classes);
            right += FeatureEncoding.PredictedClass(p) == labels[row] ? 1 : 0;
            System.Numerics.Tensors.TensorPrimitives.SoftMax(p, p);
            p[labels[row]] -= 1;
            System.Numerics.Tensors.TensorPrimitives.Divide(p, n, p);
        }

        var (weights, biases) = _layers.Backward(gradient, _steps++, ref _random);
        float[][] parameters = [.. _layers.Weights, .. _layers.Biases];
        float[][] gradients = [.. weights, .. biases];
        for (var p = 0; p < parameters.Length; p++)
        {
            _optimizers[p].Step(parameters[p], gradients[p]);
        }

        return right;
    }
}
