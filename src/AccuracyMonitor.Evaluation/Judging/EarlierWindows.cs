using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>Labels that the windows before the judged one have given, a hundred at a time, the head fitted anew in between as the sidecar does.</summary>
internal static class EarlierWindows
{
    private const int LabelsPerWindow = 100;

    /// <param name="condition">The condition, which has lasted.</param>
    /// <param name="rows">Rows of earlier windows: none of the judged window's.</param>
    /// <param name="labels">Labels that they have given in all.</param>
    /// <param name="sampling">The sampler.</param>
    /// <param name="share">Is told the labels, each with the score and π of its decision.</param>
    public static ConditionMonitor Teach(TraceCondition condition, ReadOnlySpan<int> rows, int labels, LabelSampling sampling, UniformShareChoice share)
    {
        var monitor = ConditionMonitor.Untouched(condition);
        var windows = Math.Max(1, labels / LabelsPerWindow);
        List<LabelledPrediction> all = [];
        for (var w = 0; w < windows; w++)
        {
            var part = rows[(int)((long)rows.Length * w / windows)..(int)((long)rows.Length * (w + 1) / windows)].ToArray();
            var budget = Math.Min(part.Length, (labels * (w + 1) / windows) - (labels * w / windows));
            var (_, chosen) = sampling.Draw(condition, part, monitor, budget, share);
            all.AddRange(chosen.Select(c => condition.Sample(part[c.Place], 1 / c.Inclusion)));
            monitor = all.Count > 0 ? ConditionMonitor.FittedOn(condition, [.. all]) : monitor;
        }

        return monitor;
    }
}
