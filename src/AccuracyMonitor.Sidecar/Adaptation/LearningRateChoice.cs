using AccuracyMonitor.Training;
using AccuracyMonitor.Training.PolicySearch;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>What <c>Adaptation:LearningRatePolicy</c> and <c>Adaptation:GradientQuantizer</c> mean.</summary>
internal static class LearningRateChoice
{
    private const string Auto = "auto";

    public static FineTuneOptions Options(
        AdaptationOptions settings, ReadOnlyMemory<byte> champion, IReadOnlyList<Core.Recalibration.LabelledPrediction> labels, TimeProvider time,
        CancellationToken cancel)
    {
        var options = new FineTuneOptions
        {
            Quantization = settings.GradientQuantizer == GradientQuantizer.None ? null
                : new QuantizationOptions { Quantizer = settings.GradientQuantizer, GradientBits = settings.GradientBits },
        };
        if (settings.LearningRatePolicy.Length == 0)
        {
            return options;
        }

        var policy = IsAuto(settings.LearningRatePolicy)
            ? FineTuningPolicyChoice.Pick(champion, labels, options, TimeSpan.FromSeconds(settings.PolicySeconds), time, cancel).Policy
            : settings.LearningRatePolicy;
        return options with { LearningRatePolicy = policy };
    }

    public static bool IsAuto(string value) => value.Equals(Auto, StringComparison.OrdinalIgnoreCase);
}
