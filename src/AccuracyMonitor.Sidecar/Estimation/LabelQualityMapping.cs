using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using WireBounds = AccuracyMonitor.V1.SkipBounds;
using WireState = AccuracyMonitor.V1.CorrectionState;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>The quality of labels on the wire.</summary>
internal static class LabelQualityMapping
{
    public static GetLabelQualityResponse ToWire(LabelQuality quality, IReadOnlyList<AnnotatorLabels> annotators)
    {
        var wire = new GetLabelQualityResponse { Doubles = (ulong)quality.Doubles };
        if (quality.Agreement is { } agreement)
        {
            wire.Agreement = agreement;
        }

        if (quality.Error is { } error)
        {
            wire.DrawnDoubles = (ulong)error.Doubles;
            wire.LabelError = error.Value;
            wire.NotBlind = quality.NotBlind;
            if (double.IsFinite(error.StandardError))
            {
                wire.LabelErrorStandardError = error.StandardError;
            }
        }

        if (quality.Kappa is { } kappa)
        {
            wire.Kappa = kappa;
        }

        if (quality.Alpha is { } alpha)
        {
            (wire.Alpha, wire.AlphaLower, wire.AlphaUpper) = (alpha.Value, alpha.Lower, alpha.Upper);
        }

        var disagreements = quality.Annotators.ToDictionary(a => a.Annotator, StringComparer.Ordinal);
        var counts = annotators.ToDictionary(a => a.Annotator, StringComparer.Ordinal);
        wire.Annotators.AddRange(counts.Keys.Union(disagreements.Keys, StringComparer.Ordinal).Select(name => ToWire(
            name, counts.GetValueOrDefault(name), disagreements.GetValueOrDefault(name), quality.Overruled.GetValueOrDefault(name))));
        return wire;
    }

    public static NoiseCorrected ToWire(CorrectedAccuracy corrected, double alpha)
    {
        var wire = new NoiseCorrected { State = (WireState)corrected.State, Confidence = 1 - alpha };
        if (corrected.State == Core.Agreement.CorrectionState.Ok)
        {
            (wire.Value, wire.Lower, wire.Upper) = (corrected.Accuracy.Value, corrected.Accuracy.Lower, corrected.Accuracy.Upper);
        }

        return wire;
    }

    /// <returns>Null if no prediction was answered or skipped.</returns>
    public static WireBounds? ToWire(AnsweredAndSkipped requests, AccuracyEstimate audited)
    {
        if (requests.Answered + requests.Skipped <= 0)
        {
            return null;
        }

        var bounds = Core.Agreement.SkipBounds.Of(new Interval(audited.Value, audited.Lower, audited.Upper), requests.Answered, requests.Skipped);
        var wire = new WireBounds { Skips = (ulong)requests.Skips, Share = bounds.Share };
        if (bounds.IsMaterial && double.IsFinite(bounds.Worst))
        {
            (wire.Worst, wire.Best) = (bounds.Worst, bounds.Best);
        }

        return wire;
    }

    private static AnnotatorQuality ToWire(string name, AnnotatorLabels? labels, AnnotatorDisagreement? disagreement, int overruled) => new()
    {
        Annotator = name,
        Labels = (ulong)(labels?.Labels ?? 0),
        Revealed = (ulong)(labels?.Revealed ?? 0),
        Blind = (ulong)(labels?.Blind ?? 0),
        MeanTime = labels?.MeanTime?.ToDuration(),
        Doubles = (ulong)(disagreement?.Doubles ?? 0),
        Disagreements = (ulong)(disagreement?.Disagreements ?? 0),
        Overruled = (ulong)overruled,
        LogEvidence = disagreement?.LogEvidence ?? 0,
        LogThreshold = disagreement?.LogThreshold ?? 0,
        StandsOut = disagreement?.StandsOut ?? false,
    };
}
