namespace AccuracyMonitor.Training.Quantized;

/// <summary>Variance added by quantizing the gradient of one layer's outputs in one step.</summary>
/// <param name="Step">0 and up.</param>
/// <param name="Layer">0: the first.</param>
/// <param name="Quantizer">Which.</param>
/// <param name="Bits">Of the gradient.</param>
/// <param name="Squared">‖G‖² of the gradient, N×D.</param>
/// <param name="Variance">E‖Ĝ − G‖².</param>
/// <param name="Bound">Of <paramref name="Variance"/>.</param>
/// <param name="ToSampling">Variance that it adds to the layer's own weight gradient, divided by the variance due to drawing the mini-batch. Rows of one BHQ
/// block are treated as independent. NaN where a batch does not determine the latter.</param>
public sealed record VarianceReading(
    int Step, int Layer, GradientQuantizer Quantizer, int Bits, double Squared, double Variance, double Bound, double ToSampling)
{
    /// <summary>Variance over ‖G‖².</summary>
    public double Relative => Squared > 0 ? Variance / Squared : 0;
}

/// <summary>Measures, at regular steps, the variance that each quantizer adds at each layer, whichever of them trains.</summary>
internal sealed class VarianceMeter(int every, int bits)
{
    private static readonly GradientQuantizer[] Kinds = [GradientQuantizer.Ptq, GradientQuantizer.Psq, GradientQuantizer.Bhq];

    private readonly List<VarianceReading> _readings = [];
    private readonly SortedDictionary<int, (float[] Gradient, int Rows)> _last = [];

    public IReadOnlyList<VarianceReading> Readings => _readings;

    public int Bits => bits;

    /// <summary>For a monitor's metadata: the quantizer that trained it, and the mean variance that it added over readings and layers. Empty for full
    /// precision.</summary>
    public IEnumerable<KeyValuePair<string, string>> Numbers(QuantizationOptions? options)
    {
        if (options is null)
        {
            yield break;
        }

        yield return new("quantizer", $"{options.Quantizer}");
        yield return new("quantizer.bits", $"{options.GradientBits} {options.WeightGradientBits} {options.ForwardBits}");

        // The first layer's gradient is not passed back, so it is not quantized.
        var own = _readings.Where(r => r.Quantizer == options.Quantizer && r.Layer > 0).ToArray();
        if (own.Length > 0)
        {
            yield return new("quantizer.relative_variance", $"{own.Average(r => r.Relative):G3}");
        }
    }

    /// <summary>Gradients of the newest reading, by layer.</summary>
    public IReadOnlyDictionary<int, (float[] Gradient, int Rows)> Last => _last;

    public bool Due(int step) => step % every == 0;

    /// <param name="step">Of the training.</param>
    /// <param name="layer">0 and up.</param>
    /// <param name="gradient">With respect to the layer's outputs, N×D.</param>
    /// <param name="inputs">Of the layer, N×F; empty where its weights are not one F×D matrix: then the comparison with sampling is left out.</param>
    /// <param name="rows">N.</param>
    public void Read(int step, int layer, ReadOnlySpan<float> gradient, ReadOnlySpan<float> inputs, int rows)
    {
        _last[layer] = (gradient.ToArray(), rows);
        var (squares, reach) = (SquaredRows(gradient, rows), SquaredRows(inputs, rows));
        var whole = squares.Zip(reach, (g, x) => g * x).Sum();
        var spread = rows < 2 || inputs.IsEmpty ? 0 : (whole - (Squared(Matrix.TransposeMultiply(inputs, gradient, rows)) / rows)) * rows / (rows - 1);
        foreach (var kind in Kinds)
        {
            var (variance, bound) = QuantizedMatrix.Variance(gradient, rows, kind, bits);
            _readings.Add(new VarianceReading(
                step, layer, kind, bits, squares.Sum(), variance.Sum(), bound, spread > 1e-9 * whole ? variance.Zip(reach, (v, x) => v * x).Sum() / spread
                    : double.NaN));
        }
    }

    private static double Squared(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static double[] SquaredRows(ReadOnlySpan<float> values, int rows)
    {
        var (squares, columns) = (new double[rows], values.Length / rows);
        for (var row = 0; row < rows; row++)
        {
            squares[row] = Squared(values.Slice(row * columns, columns));
        }

        return squares;
    }
}
