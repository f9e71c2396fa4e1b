using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Shao, Yang and Ren 2020, read literally: label the most uncertain, fine-tune on them, publish the mean score of the monitor.</summary>
internal static class TopUncertainty
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        var window = judged.Window;
        var labels = Enumerable.Range(0, window.Count)
            .OrderBy(place => Math.Abs(window.Scores[place] - 0.5)).Take(window.Budget)
            .Select(place => window.Sample(place, 1)).ToArray();
        var head = RecalibrationHeadFitter.Fit([.. window.Monitor.Earlier, .. labels], window.ClassCount, new RecalibrationHeadOptions());
        return new Outcome(window.Population().MeanScore(head), null, labels.Length);
    }
}
