using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>
/// Dense layers with ReLU between them, forward and backward over one batch. Quantized as <see cref="LayerRounding"/> says; saved
/// activations are bytes.
/// </summary>
/// <param name="layers">Weights to start from.</param>
/// <param name="options">Null: full precision.</param>
internal sealed class QuantizedLayers(IReadOnlyList<DenseLayer> layers, QuantizationOptions? options)
{
    private readonly LayerRounding? _rounding = options is null ? null : new(options);
    private readonly Func<float[]>[] _inputs = new Func<float[]>[layers.Count];
    private readonly float[][] _used = new float[layers.Count][];
    private readonly float[]?[] _through = new float[layers.Count][];
    private int _rows;
    private long _saved;

    public float[][] Weights { get; } = [.. layers.Select(l => l.Weights.ToArray())];

    public float[][] Biases { get; } = [.. layers.Select(l => l.Bias.ToArray())];

    /// <summary>Bytes per row that the last forward pass saved for the backward pass, and those that single precision would need.</summary>
    public (double Kept, double Single) SavedBytes => ((double)_saved / _rows, 4.0 * layers.Sum(l => l.Inputs));

    public VarianceMeter? Meter { get; init; }

    /// <param name="x">N×F.</param>
    /// <param name="rows">N.</param>
    /// <param name="masks">For each hidden layer N×width factors of its outputs; null: none.</param>
    /// <returns>N×outputs.</returns>
    public float[] Forward(ReadOnlySpan<float> x, int rows, IReadOnlyList<float[]>? masks)
    {
        (_rows, _saved) = (rows, 0);
        var values = x.ToArray();
        for (var l = 0; l < layers.Count; l++)
        {
            (values, _inputs[l]) = Saved(values);
            _used[l] = _rounding?.Weights(Weights[l]) ?? Weights[l];
            var outputs = Matrix.Multiply(values, _used[l], rows);
            for (var row = 0; row < rows; row++)
            {
                var target = outputs.AsSpan(row * layers[l].Outputs, layers[l].Outputs);
                TensorPrimitives.Add(target, Biases[l], target);
            }

            if (l < layers.Count - 1)
            {
                _through[l] = Activate(outputs, masks?[l]);
            }

            values = outputs;
        }

        return values;
    }

    /// <param name="gradient">With respect to the outputs of the last <see cref="Forward"/>, N×outputs.</param>
    /// <param name="step">For the meter.</param>
    /// <param name="random">Of the rounding.</param>
    /// <returns>With respect to each layer's weights and biases.</returns>
    public (float[][] Weights, float[][] Biases) Backward(float[] gradient, int step, ref SplitMix64 random)
    {
        var (weights, biases) = (new float[layers.Count][], new float[layers.Count][]);
        for (var l = layers.Count - 1; l >= 0; l--)
        {
            var inputs = _inputs[l]();
            if (Meter is { } meter && meter.Due(step))
            {
                meter.Read(step, l, gradient, inputs, _rows);
            }

            var learned = _rounding?.ForWeights(gradient, _rows, ref random) ?? gradient;
            weights[l] = Matrix.TransposeMultiply(inputs, learned, _rows);
            biases[l] = Sums(learned, layers[l].Outputs);
            if (l > 0)
            {
                var passed = _rounding?.ForInputs(gradient, _rows, ref random) ?? gradient;
                gradient = Matrix.MultiplyTranspose(passed, _used[l], _rows);
                TensorPrimitives.Multiply(gradient, _through[l - 1], gradient);
            }
        }

        return (weights, biases);
    }

    // ReLU and mask, in place; returns the derivative.
    private static float[] Activate(float[] outputs, float[]? mask)
    {
        var through = new float[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            through[i] = outputs[i] > 0 ? mask?[i] ?? 1 : 0;
            outputs[i] *= through[i];
        }

        return through;
    }

    private float[] Sums(ReadOnlySpan<float> values, int columns)
    {
        var sums = new float[columns];
        for (var row = 0; row < _rows; row++)
        {
            TensorPrimitives.Add(sums, values.Slice(row * columns, columns), sums);
        }

        return sums;
    }

    private (float[] Values, Func<float[]> Again) Saved(float[] values)
    {
        if (_rounding is null)
        {
            _saved += 4 * values.Length;
            return (values, () => values);
        }

        var saved = _rounding.Activations(values, _rows);
        _saved += saved.Bytes;
        return (saved.Values(), saved.Values);
    }
}
