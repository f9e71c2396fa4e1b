using AccuracyMonitor.Sidecar.Truth;
using Google.Protobuf.WellKnownTypes;
using Judgement = AccuracyMonitor.Core.Estimation.EstimateJudgement;
using WireJudgement = AccuracyMonitor.V1.EstimateJudgement;
using WireRealized = AccuracyMonitor.V1.RealizedAccuracy;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>What came true, on the wire.</summary>
internal static class RealizedMapping
{
    public static WireRealized ToWire(RealizedAccuracy realized)
    {
        var (stretch, accuracy) = (realized.Latest, realized.Latest.Accuracy);
        return new WireRealized
        {
            Model = realized.Key.Model,
            Version = realized.Key.Version,
            Start = stretch.Start.ToTimestamp(),
            End = stretch.End.ToTimestamp(),
            Predictions = (ulong)stretch.Predictions,
            Known = (ulong)stretch.Known,
            Value = accuracy.Value,
            Lower = accuracy.Lower,
            Upper = accuracy.Upper,
            Audited = ToWire(realized.Audited),
            LabelFree = ToWire(realized.LabelFree),
        };
    }

    private static WireJudgement ToWire(Judgement judgement)
    {
        var wire = new WireJudgement
        {
            Windows = (ulong)judgement.Windows,
            MeanError = judgement.MeanError,
            RootMeanSquareError = judgement.RootMeanSquareError,
        };
        if (judgement.Covered is { } covered)
        {
            wire.Covered = (ulong)covered;
        }

        return wire;
    }
}
