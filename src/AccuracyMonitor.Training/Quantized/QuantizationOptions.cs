namespace AccuracyMonitor.Training.Quantized;

/// <summary>Number of bits of fully quantized training.</summary>
public sealed record QuantizationOptions
{
    /// <summary>Quantizer of the gradients that are passed to the layer before.</summary>
    public GradientQuantizer Quantizer { get; init; } = GradientQuantizer.Bhq;

    /// <summary>Bits of those gradients, 2…8.</summary>
    public int GradientBits { get; init; } = 8;

    /// <summary>Bits of the gradients used for the weights, with one scale per matrix, 2…8.</summary>
    public int WeightGradientBits { get; init; } = 8;

    /// <summary>Bits of activations and weights in the forward pass, rounded to nearest, 2…8.</summary>
    public int ForwardBits { get; init; } = 8;

    /// <summary>Rounds gradients to nearest instead of stochastically: a control, which shows the bias of nearest rounding.</summary>
    internal bool Nearest { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">The first option out of its range.</exception>
    internal void Check()
    {
        OptionRange.Check(nameof(Quantizer), (int)Quantizer, (int)GradientQuantizer.None, (int)GradientQuantizer.Bhq);
        OptionRange.Check(nameof(GradientBits), GradientBits, 2, 8);
        OptionRange.Check(nameof(WeightGradientBits), WeightGradientBits, 2, 8);
        OptionRange.Check(nameof(ForwardBits), ForwardBits, 2, 8);
    }
}
