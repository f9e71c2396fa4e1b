using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using GoldQuality = AccuracyMonitor.Core.Agreement.GoldQuality;
using WireBounds = AccuracyMonitor.V1.SkipBounds;
using WireConfusion = AccuracyMonitor.V1.Confusion;
using WireGold = AccuracyMonitor.V1.GoldQuality;
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
        var gold = quality.Gold.Annotators.ToDictionary(a => a.Annotator, a => a.Error, StringComparer.Ordinal);
        foreach (var name in counts.Keys.Union(disagreements.Keys, StringComparer.Ordinal).Union(gold.Keys, StringComparer.Ordinal))
        {
            var annotator = ToWire(
                name, counts.GetValueOrDefault(name), disagreements.GetValueOrDefault(name), quality.Overruled.GetValueOrDefault(name));
            if (gold.GetValueOrDefault(name) is { } rate)
            {
                (annotator.GoldAnswers, annotator.GoldError, annotator.GoldErrorStandardError) = ((ulong)rate.Answers, rate.Rate.Value, rate.StandardError);
            }

            wire.Annotators.Add(annotator);
        }

        wire.Gold = gold.Count == 0 ? null : ToWire(quality.Gold);
        return wire;
    }

    public static NoiseCorrected ToWire(CorrectedAccuracy corrected, double alpha)
    {
        var wire = new NoiseCorrected { State = (WireState)corrected.State, Confidence = 1 - alpha, ByGold = corrected.IsByGold };
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

    private static WireGold ToWire(GoldQuality gold)
    {
        var wire = new WireGold
        {
            Confusions =
            {
                gold.Confusions.Select(c => new WireConfusion
                {
                    TrueClass = (uint)c.TrueClass,
                    AnsweredClass = (uint)c.AnsweredClass,
                    Answers = (ulong)c.Answers,
                }),
            },
        };
        if (gold.Error is { } error)
        {
            (wire.Labels, wire.Error, wire.ErrorStandardError) = ((ulong)error.Answers, error.Rate.Value, error.StandardError);
        }

        if (gold.WhereRight is { } right)
        {
            (wire.WhereRight, wire.ErrorWhereRight, wire.ErrorWhereRightStandardError) = ((ulong)right.Answers, right.Rate.Value, right.StandardError);
        }

        if (gold.WhereWrong is { } wrong)
        {
            (wire.WhereWrong, wire.FollowsWhereWrong, wire.FollowsWhereWrongStandardError) =
                ((ulong)wrong.Answers, wrong.Rate.Value, wrong.StandardError);
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
