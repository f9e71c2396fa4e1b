using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>Rounds the gradients of a network that is trained elsewhere, one layer at a time. A convolution's gradient is N×D, with D over all its channels
/// and positions. The same seed gives the same rounding.</summary>
/// <param name="options">In range.</param>
/// <param name="seed">Of the rounding.</param>
/// <param name="every">Steps between two readings of the meter.</param>
/// <param name="meterBits">Bits of the meter's quantizers; null: those of the options.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class LayerwiseRounding(QuantizationOptions options, ulong seed, int every = 50, int? meterBits = null)
{
    private const ulong RoundingStream = 47;

    private readonly LayerRounding _rounding = new(Checked(options));
    private readonly VarianceMeter _meter = new(every, meterBits ?? options.GradientBits);
    private SplitMix64 _random = SplitMix64.Stream(seed, RoundingStream, 0);

    public float[] Activations(float[] values) => _rounding.Activations(values, 1).Values();

    public float[] Weights(float[] weights) => _rounding.Weights(weights);

    /// <param name="step">0 and up.</param>
    /// <param name="layer">0: the first layer, whose gradient is not passed back further.</param>
    /// <param name="gradient">With respect to the layer's outputs, N×D.</param>
    /// <param name="rows">N.</param>
    public (float[] ForWeights, float[] ForInputs) Gradients(int step, int layer, float[] gradient, int rows)
    {
        if (_meter.Due(step))
        {
            _meter.Read(step, layer, gradient, inputs: [], rows);
        }

        return (_rounding.ForWeights(gradient, rows, ref _random), layer == 0 ? [] : _rounding.ForInputs(gradient, rows, ref _random));
    }

    /// <summary>For the metadata of what was trained: quantizer, bits, mean relative variance.</summary>
    public IEnumerable<KeyValuePair<string, string>> Numbers() => _meter.Numbers(options);

    /// <summary>Readings of the meter from one step on.</summary>
    /// <param name="accuracy">Of the network on its training set.</param>
    /// <param name="from">The first step.</param>
    public FqtReading Reading(double accuracy, int from) =>
        FqtReading.From(accuracy, _meter, [.. _meter.Readings.Where(r => r.Step >= from)], _meter.Bits, seed);

    private static QuantizationOptions Checked(QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return options;
    }
}
