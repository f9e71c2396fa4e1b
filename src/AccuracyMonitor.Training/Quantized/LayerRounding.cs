using System.Numerics.Tensors;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>
/// Rounding at one layer. Activations and weights are rounded to nearest in the forward pass (straight-through gradients). The gradient
/// with respect to the outputs is rounded stochastically twice: once for the layer's weights and once for the layer before.
/// </summary>
internal sealed class LayerRounding(QuantizationOptions options)
{
    public QuantizedMatrix Activations(ReadOnlySpan<float> values, int rows)
    {
        SplitMix64? nearest = null;
        return QuantizedMatrix.Of(values, rows, GradientQuantizer.Ptq, options.ForwardBits, ref nearest);
    }

    /// <summary>Symmetric about 0, which stays exactly 0.</summary>
    public float[] Weights(float[] weights)
    {
        var levels = (1 << (options.ForwardBits - 1)) - 1;
        var step = Math.Abs(TensorPrimitives.MaxMagnitude<float>(weights)) / levels;
        return step == 0 ? weights : [.. weights.Select(w => MathF.Round(w / step) * step)];
    }

    public float[] ForWeights(float[] gradient, int rows, ref SplitMix64 random) =>
        Rounded(gradient, rows, GradientQuantizer.Ptq, options.WeightGradientBits, ref random);

    public float[] ForInputs(float[] gradient, int rows, ref SplitMix64 random) => Rounded(gradient, rows, options.Quantizer, options.GradientBits, ref random);

    private float[] Rounded(float[] gradient, int rows, GradientQuantizer kind, int bits, ref SplitMix64 random)
    {
        if (kind == GradientQuantizer.None)
        {
            return gradient;
        }

        SplitMix64? draws = options.Nearest ? null : random;
        var values = QuantizedMatrix.Of(gradient, rows, kind, bits, ref draws).Values();
        random = draws ?? random;
        return values;
    }
}
