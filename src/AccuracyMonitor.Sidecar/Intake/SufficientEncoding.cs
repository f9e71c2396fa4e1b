using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>The smallest encoding that loses nothing which a model's monitor, or the head to be learned after it, reads.</summary>
internal sealed class SufficientEncoding(IOptions<IntakeOptions> intake, IOptions<AdaptationOptions> adaptation)
{
    // Below it a row is so short that its id and time weigh more.
    private const int ManyClasses = 64;

    /// <summary>The encoding and, for <see cref="RowEncoding.TopK"/>, how many values.</summary>
    public (RowEncoding Encoding, int Top) Of(ModelState model) => intake.Value.Encoding switch
    {
        EncodingChoice.Float32 => (RowEncoding.Float32, 0),
        EncodingChoice.Float16 => (RowEncoding.Float16, 0),
        EncodingChoice.Top => TopKOr(model, RowEncoding.Float32),
        _ => !model.FirstMonitor.IsSettled || !model.Monitor.ReadsOnly(FeatureEncoding.Top) || adaptation.Value.RecalibrateEvery > 0
            ? (model.ClassCount >= ManyClasses ? RowEncoding.Float16 : RowEncoding.Float32, 0)
            : TopKOr(model, RowEncoding.Float32),
    };

    private static (RowEncoding Encoding, int Top) TopKOr(ModelState model, RowEncoding other) =>
        model.ClassCount > FeatureEncoding.Top ? (RowEncoding.TopK, FeatureEncoding.Top) : (other, 0);
}
