using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>Share right over mean score, for each score, all conditions together.</summary>
internal static class ReliabilityPlots
{
    private const int Bins = 10;
    private const double LargestRadius = 6;

    public static IEnumerable<string> Of(IReadOnlyList<ConditionResult> conditions)
    {
        foreach (var score in conditions.SelectMany(c => c.Reliability).Where(b => b.Count > 0).GroupBy(b => b.Score, StringComparer.Ordinal))
        {
            var bins = Pool(score);
            var all = bins.Sum(b => b.Count);
            var together = 100 * bins.Sum(b => b.Count * Math.Abs(b.MeanScore - b.Accuracy)) / all;
            var within = 100 * score.Sum(b => b.Count * Math.Abs(b.MeanScore - b.Accuracy)) / all;
            var caption = Markup.Text($"Mean gap {together:0.0} points with all conditions together, {within:0.0} within conditions");
            var plot = new SvgPlot(
                $"{score.Key}: share right over score",
                $"Predictions in bins of the score; on the diagonal a score is the probability of being right. {caption}.",
                Axis.OfShares(0, "mean score"), Axis.OfShares(0, "share right"));
            plot.Line(0, 0, 1, 1, "reference");
            plot.Path(bins.Select(b => (b.MeanScore, b.Accuracy)));
            foreach (var bin in bins)
            {
                plot.Point(
                    bin.MeanScore, bin.Accuracy, isMissed: false,
                    Markup.Text($"score {bin.MeanScore:0.000}, right {bin.Accuracy:0.000}, {bin.Count:0} predictions"),
                    Math.Max(1.5, LargestRadius * Math.Sqrt(bin.Count / bins.Max(b => b.Count))));
            }

            yield return Markup.Figure(plot.ToString(), caption);
        }
    }

    // Conditions have bins of their own: each counts in the common bin of its mean score, by its predictions.
    private static ScoreBin[] Pool(IGrouping<string, ScoreBin> score) =>
    [
        .. score.GroupBy(b => Math.Clamp((int)(b.MeanScore * Bins), 0, Bins - 1)).OrderBy(g => g.Key).Select(g =>
        {
            var count = g.Sum(b => b.Count);
            return new ScoreBin(score.Key, g.Sum(b => b.MeanScore * b.Count) / count, g.Sum(b => b.Accuracy * b.Count) / count, count);
        }),
    ];
}
