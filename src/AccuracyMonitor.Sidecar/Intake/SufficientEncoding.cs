using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.V1;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>The smallest encoding that loses nothing which a model's monitor, or the head to be learned after it, reads.</summary>
internal sealed class SufficientEncoding(IOptions<IntakeOptions> intake, IOptions<AdaptationOptions> adaptation)
{
    // Below it a row is so short that its id and time weigh more.
    private const int ManyClasses = 64;

    /// <summary>The encoding and, for <see cref="ValueEncoding.Top"/>, how many values.</summary>
    public (ValueEncoding Encoding, uint Top) Of(ModelState model) => intake.Value.Encoding switch
    {
        EncodingChoice.Float32 => (ValueEncoding.Float32, 0),
        EncodingChoice.Float16 => (ValueEncoding.Float16, 0),
        EncodingChoice.Top => ShortOr(model, ValueEncoding.Float32),
        _ => !model.FirstMonitor.IsSettled || !model.Monitor.ReadsOnly(FeatureEncoding.Top) || adaptation.Value.RecalibrateEvery > 0
            ? (model.ClassCount >= ManyClasses ? ValueEncoding.Float16 : ValueEncoding.Float32, 0u)
            : ShortOr(model, ValueEncoding.Float32),
    };

    private static (ValueEncoding Encoding, uint Top) ShortOr(ModelState model, ValueEncoding other) =>
        model.ClassCount > FeatureEncoding.Top ? (ValueEncoding.Top, FeatureEncoding.Top) : (other, 0u);
}
