using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The audited estimate as it is computed from sums over the pods of a fleet.</summary>
internal static class AuditedFleet
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        var labels = default(LabelSums);
        foreach (var bucket in judged.Window.Buckets)
        {
            labels.Merge(bucket.Labels);
        }

        var window = judged.Window;
        return Outcome.Of(FleetAccuracy.Estimate(window.Count, window.Moments.Sum, labels, judged.Alpha), window.Chosen.Count);
    }
}
