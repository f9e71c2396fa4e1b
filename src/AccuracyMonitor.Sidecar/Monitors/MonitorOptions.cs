using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Training.Quantized;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>Which monitor a model starts with.</summary>
internal sealed class MonitorOptions
{
    public const string Section = "Monitor";

    /// <summary>
    /// ONNX file written by <c>accuracy-monitor train</c>, used for every model without an entry in <see cref="ByModel"/>. Empty: the
    /// maximum softmax until labels have taught a head.
    /// </summary>
    public string Artifact { get; set; } = "";

    /// <summary>
    /// Whether a file that is missing or damaged stops the start. False: a model without its file starts from the maximum softmax, and a log line
    /// says so; for a container in somebody else's pod, which is not served while one of its containers keeps failing. Default true.
    /// </summary>
    public bool Required { get; set; } = true;

    /// <summary>ONNX file by model name.</summary>
    public Dictionary<string, string> ByModel { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>How labels improve a monitor.</summary>
internal sealed class TransferSettings : IValidatableObject
{
    public const string Section = "Transfer";

    /// <summary>Fit and judge a new head after this many new labels; 0: never. Default 25.</summary>
    [Range(0, 100_000)]
    public int HeadEvery { get; set; } = 25;

    /// <summary>Labels needed before the first head. Default 30.</summary>
    [Range(10, 100_000)]
    public int HeadMinLabels { get; set; } = 30;

    /// <summary>Newest labels a head is fitted on, at most. Default 1,600.</summary>
    [Range(20, 20_000)]
    public int HeadMaxLabels { get; set; } = 1600;

    /// <summary>Adapt the network itself after this many new labels: fine-tuned, or repaired where it is ternary; 0: never. Default 500.</summary>
    [Range(0, 1_000_000)]
    public int NetworkEvery { get; set; } = 500;

    /// <summary>
    /// How a network that is not ternary is adapted: FineTune, all weights by TorchSharp; Halp, the last layer by low-precision SVRG, without libtorch; Auto,
    /// FineTune where <c>Training:Mode</c> and libtorch allow it, else Halp. Default Auto.
    /// </summary>
    [EnumDataType(typeof(NetworkMethod))]
    public NetworkMethod NetworkMethod { get; set; } = NetworkMethod.Auto;

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

    /// <summary>What HALP would leave unheard is no setting beside it.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NetworkMethod == NetworkMethod.Halp && (GradientQuantizer != GradientQuantizer.None || LearningRatePolicy.Length > 0))
        {
            yield return new ValidationResult(
                $"Transfer:NetworkMethod is Halp, which takes neither Transfer:GradientQuantizer ({GradientQuantizer}) nor Transfer:LearningRatePolicy ('{LearningRatePolicy}'); it must be Auto or FineTune for these.");
        }
    }
}

/// <summary>Where network transfer runs.</summary>
internal sealed class TrainingSettings
{
    public const string Section = "Training";

    /// <summary>InProcess (needs libtorch) or Off: then networks are adapted only in the ways that need none, see <c>Transfer:NetworkMethod</c>. Default InProcess.</summary>
    [EnumDataType(typeof(TrainingMode))]
    public TrainingMode Mode { get; set; } = TrainingMode.InProcess;
}

internal enum NetworkMethod
{
    Auto,
    FineTune,
    Halp,
}

internal enum TrainingMode
{
    Off,
    InProcess,
}

[OptionsValidator]
internal sealed partial class TransferSettingsValidator : IValidateOptions<TransferSettings>;

[OptionsValidator]
internal sealed partial class TrainingSettingsValidator : IValidateOptions<TrainingSettings>;

/// <summary>Every monitor file named must be there: a typing error shall not start a sidecar without its monitor.</summary>
internal sealed class MonitorOptionsValidator : IValidateOptions<MonitorOptions>
{
    public ValidateOptionsResult Validate(string? name, MonitorOptions options)
    {
        if (!options.Required)
        {
            return ValidateOptionsResult.Success;
        }

        List<string> failures = [];
        if (options.Artifact.Length > 0 && !File.Exists(options.Artifact))
        {
            failures.Add($"Monitor:Artifact is '{options.Artifact}'; there is no such file.");
        }

        foreach (var (model, path) in options.ByModel)
        {
            if (!File.Exists(path))
            {
                failures.Add($"Monitor:ByModel:{model} is '{path}'; there is no such file.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
