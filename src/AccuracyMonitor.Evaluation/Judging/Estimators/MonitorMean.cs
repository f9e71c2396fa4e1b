using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The mean correctness score of the monitor before any label.</summary>
internal static class MonitorMean
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        var untaught = TransferHeadFitter.FitPosterior([], judged.Window.ClassCount, new TransferHeadOptions());
        return Outcome.Of(TransferredAccuracy.Estimate(judged.Window.Population(), untaught, judged.Alpha), 0);
    }
}
