using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>The mean score of the monitor, recalibrated on labels of earlier windows.</summary>
internal static class RecalibratedMonitor
{
    public static Outcome? Estimate(JudgedWindow judged) => judged.Window.Monitor.Posterior is { } posterior
        ? Outcome.Of(RecalibratedAccuracy.Estimate(judged.Window.Population(), posterior, judged.Alpha), 0)
        : null;
}
