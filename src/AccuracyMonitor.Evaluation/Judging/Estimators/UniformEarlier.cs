using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Simple random labels of the earlier windows, taken to hold for this one.</summary>
internal static class UniformEarlier
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        var labels = Math.Min(judged.EarlierLabels, judged.Earlier.Length);
        if (labels == 0)
        {
            return null;
        }

        var rows = (int[])judged.Earlier.Clone();
        var random = new SplitMix64(judged.Window.Random + 2);
        random.Shuffle(rows, labels);
        return Outcome.Of(BinomialInterval.Wilson(rows.Take(labels).Count(row => judged.Condition.Correct[row]), labels, judged.Alpha), 0);
    }
}
