using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Training.Quantized;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>How labels improve a monitor.</summary>
internal sealed class AdaptationOptions : IValidatableObject
{
    public const string Section = "Adaptation";

    /// <summary>Recalibrate: judge heads fitted to earlier labels after this many new labels; 0: never. Default 25.</summary>
    [Range(0, 100_000)]
    public int RecalibrateEvery { get; set; } = 25;

    /// <summary>Labels needed before the first head can be promoted. Default 30.</summary>
    [Range(10, 100_000)]
    public int RecalibrateMinLabels { get; set; } = 30;

    /// <summary>Newest labels that heads and networks learn from, at most. Default 1,600.</summary>
    [Range(20, 20_000)]
    public int MaxLabels { get; set; } = 1600;

    /// <summary>Fine-tune the network itself after this many new labels: by coordinate passes where it is ternary; 0: never. Default 500.</summary>
    [Range(0, 1_000_000)]
    public int FineTuneEvery { get; set; } = 500;

    /// <summary>
    /// How a network that is not ternary is fine-tuned: FineTune, all weights by TorchSharp; Halp, the last layer by low-precision SVRG, without libtorch;
    /// Auto, FineTune where <c>Training:Mode</c> and libtorch allow it, else Halp. Default Auto.
    /// </summary>
    [EnumDataType(typeof(FineTuneMethod))]
    public FineTuneMethod FineTuneMethod { get; set; } = FineTuneMethod.Auto;

    /// <summary>
    /// Fine-tuning in few bits: None, or how gradients are quantized, Ptq, Psq or Bhq. Over plain spans, so that it needs no libtorch; Auto then fine-tunes.
    /// Default None.
    /// </summary>
    [EnumDataType(typeof(GradientQuantizer))]
    public GradientQuantizer GradientQuantizer { get; set; } = GradientQuantizer.None;

    /// <summary>Bits of those gradients. Default 8.</summary>
    [Range(2, 8)]
    public int GradientBits { get; set; } = 8;

    /// <summary>
    /// Learning-rate policy of the network's fine-tuning: a text such as <c>COS k0=0.003 k1=0 l=100; over 100</c>, or <c>auto</c>: each
    /// fine-tuning picks one by cross-fitting within <see cref="PolicySeconds"/>. Empty: the constant 0.001. Default empty.
    /// </summary>
    [LearningRatePolicyText]
    public string LearningRatePolicy { get; set; } = "";

    /// <summary>Seconds after which <c>auto</c> tries no further policy. Default 10.</summary>
    [Range(1, 600)]
    public int PolicySeconds { get; set; } = 10;

    /// <summary>Settings that contradict each other.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FineTuneMethod == FineTuneMethod.Halp && (GradientQuantizer != GradientQuantizer.None || LearningRatePolicy.Length > 0))
        {
            yield return new ValidationResult(
                $"Adaptation:FineTuneMethod is Halp, which takes neither Adaptation:GradientQuantizer ({GradientQuantizer}) nor Adaptation:LearningRatePolicy "
                    + $"('{LearningRatePolicy}'); it must be Auto or FineTune for these.");
        }

        if (RecalibrateMinLabels > MaxLabels)
        {
            yield return new ValidationResult(
                $"Adaptation:RecalibrateMinLabels is {RecalibrateMinLabels}; it must be at most Adaptation:MaxLabels ({MaxLabels}), or no head is promoted.");
        }
    }
}

internal enum FineTuneMethod
{
    Auto,
    FineTune,
    Halp,
}

[OptionsValidator]
internal sealed partial class AdaptationOptionsValidator : IValidateOptions<AdaptationOptions>;
