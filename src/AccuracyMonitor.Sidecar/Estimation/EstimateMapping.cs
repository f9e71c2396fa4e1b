using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using WireDifference = AccuracyMonitor.V1.AccuracyDifference;
using WireEstimate = AccuracyMonitor.V1.Estimate;
using WireKind = AccuracyMonitor.V1.EstimateKind;
using WireRunning = AccuracyMonitor.V1.RunningAccuracy;
using WireState = AccuracyMonitor.V1.EstimateState;
using WireWindow = AccuracyMonitor.V1.WindowEstimate;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Estimates on the wire.</summary>
internal static class EstimateMapping
{
    public static WireWindow ToWire(PublishedEstimate published, double alpha)
    {
        var estimate = published.Estimate;
        var wire = new WireWindow
        {
            Model = published.Series.Model,
            Version = published.Series.Version,
            Segment = published.Series.Segment,
            PredictedClass = published.Series.ClassName,
            Window = published.Window.ToDuration(),
            Start = (published.End - published.Window).ToTimestamp(),
            End = published.End.ToTimestamp(),
            Predictions = (ulong)estimate.Predictions,
            Labels = (ulong)estimate.Labels,
            PendingLabels = (ulong)Math.Max(0, estimate.Pending),
            Unanswered = (ulong)Math.Max(0, estimate.Unanswered),
            MeanConfidence = estimate.Predictions == 0 ? 0 : estimate.MeanConfidence,
            MonitorValid = published.MonitorValid,
            MonitorVersion = published.MonitorVersion,
            AccuracyAlarm = ToWire(published.AccuracyAlarm),
            ValidityAlarm = ToWire(published.ValidityAlarm),
            Estimates = { ToWire(estimate.LabelFree, alpha), ToWire(estimate.Labelled, alpha), ToWire(estimate.Audited, alpha) },
            AnsweredUntil = estimate.AnsweredUntil?.ToTimestamp(),
        };
        if (estimate.Combined is { } combined)
        {
            wire.Estimates.Add(ToWire(combined, alpha));
        }

        if (published.NoiseCorrected is { } corrected)
        {
            wire.NoiseCorrected = LabelQualityMapping.ToWire(corrected, alpha);
        }

        return wire;
    }

    public static WireRunning ToWire(PublishedRunning published, double alpha)
    {
        var estimate = published.Estimate;
        var wire = new WireRunning
        {
            Model = published.Key.Model,
            Version = published.Key.Version,
            Sequence = estimate.Windows > 0 ? SequenceKind.Asymptotic : SequenceKind.BetaBinomial,
            Value = estimate.Bounds.Value,
            Lower = estimate.Bounds.Lower,
            Upper = estimate.Bounds.Upper,
            Confidence = 1 - alpha,
            Labels = (ulong)estimate.Labels,
            Windows = (ulong)estimate.Windows,
        };
        if (estimate is { LowerAlone: { } lower, UpperAlone: { } upper })
        {
            (wire.LowerAlone, wire.UpperAlone) = (lower, upper);
        }

        return wire;
    }

    public static WireDifference ToWire(PublishedDifference published, double alpha)
    {
        var wire = new WireDifference
        {
            Model = published.Key.Model,
            Version = published.Key.Version,
            Baseline = published.Baseline,
            Window = published.Window.ToDuration(),
            State = (WireState)published.State,
            Confidence = 1 - alpha,
        };
        if (published.State == Core.Estimation.EstimateState.Ok)
        {
            wire.Value = published.Difference.Value;
            wire.Lower = published.Difference.Lower;
            wire.Upper = published.Difference.Upper;
        }

        return wire;
    }

    private static WireEstimate ToWire(AccuracyEstimate estimate, double alpha)
    {
        var wire = new WireEstimate { Kind = (WireKind)estimate.Kind, State = (WireState)estimate.State, Confidence = 1 - alpha };
        if (estimate.State == Core.Estimation.EstimateState.Ok)
        {
            wire.Value = estimate.Value;
            wire.Lower = estimate.Lower;
            wire.Upper = estimate.Upper;
            wire.EffectiveSamples = estimate.EffectiveSamples;
        }

        return wire;
    }

    private static AlarmState ToWire(AlarmVerdict verdict) => new()
    {
        Firing = verdict.Firing,
        LogEvidence = verdict.LogEvidence,
        LogThreshold = verdict.LogThreshold,
        Labels = (ulong)verdict.Labels,
        Reason = verdict.Reason,
    };
}
