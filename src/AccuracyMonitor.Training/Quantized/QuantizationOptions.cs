namespace AccuracyMonitor.Training.Quantized;

/// <summary>In how few bits a network is trained (fully quantized training).</summary>
public sealed record QuantizationOptions
{
    /// <summary>Of the gradients by the layers' outputs, on their way to the layer before.</summary>
    public GradientQuantizer Quantizer { get; init; } = GradientQuantizer.Bhq;

    /// <summary>Of those gradients, 2…8.</summary>
    public int GradientBits { get; init; } = 8;

    /// <summary>Of the gradients that weights learn from, one scale for each matrix, 2…8.</summary>
    public int WeightGradientBits { get; init; } = 8;

    /// <summary>Of activations and weights on the way forward, rounded to nearest, 2…8.</summary>
    public int ForwardBits { get; init; } = 8;

    /// <summary>Rounds gradients to nearest in place of at random: the control that shows why not to.</summary>
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
