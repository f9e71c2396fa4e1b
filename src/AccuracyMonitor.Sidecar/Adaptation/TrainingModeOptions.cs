using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Whether networks are trained by libtorch in this process.</summary>
internal sealed class TrainingModeOptions
{
    public const string Section = "Training";

    /// <summary>InProcess (needs libtorch) or Off: then networks are fine-tuned only in the ways that need none, see <c>Adaptation:FineTuneMethod</c>. Default
    /// InProcess.</summary>
    [EnumDataType(typeof(TrainingMode))]
    public TrainingMode Mode { get; set; } = TrainingMode.InProcess;
}

internal enum TrainingMode
{
    Off,
    InProcess,
}

[OptionsValidator]
internal sealed partial class TrainingModeOptionsValidator : IValidateOptions<TrainingModeOptions>;
