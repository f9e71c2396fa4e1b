using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The mean correctness score of the monitor before any label.</summary>
internal static class MonitorMean
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        var untaught = RecalibrationHeadFitter.FitPosterior([], judged.Window.ClassCount, new RecalibrationHeadOptions());
        return Outcome.Of(RecalibratedAccuracy.Estimate(judged.Window.Population(), untaught, judged.Alpha), 0);
    }
}
