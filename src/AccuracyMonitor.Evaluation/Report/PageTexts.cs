using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>What the page says of each plot: what it shows, and when not to trust it. Plain text.</summary>
internal static class PageTexts
{
    public const string Estimates =
        "One point a condition, its first window: what the method said over what was true. On the dashed line it is right; above it the model is believed "
        + "better than it is. The stroke is the interval; a red diamond is an estimate whose interval missed the truth.";

    public const string Errors =
        "How far off each method is: the bar ends at its root-mean-square error over all conditions, the red diamond at its error in the condition where "
        + "it is worst.";

    public const string Logarithm = " The scale is logarithmic: compare where bars end, not how long they are.";

    public const string DoubtOfErrors =
        "every condition counts alike. Where most are mild, a method that fails under a strong shift looks good; the diamond shows it. Methods without labels "
        + "cost nothing, and nothing in production would tell that they are off.";

    public const string Reliability =
        "Of predictions with a score of 0.8, eight in ten should be right: then the curve lies on the dashed line. Under it the score promises too much. "
        + "Larger points are "
        + "more predictions. max-softmax is the model's own confidence, monitor the score before any label, recalibrated the score after the labels, "
        + "on rows that it was not fitted on.";

    public const string DoubtOfReliability =
        "all conditions are together here. A score that is too high in one and too low in another can lie on the line; the gap within conditions, under "
        + "each plot, shows that, though small conditions make it a little large by chance.";

    public const string DoubtOfCoverage =
        "few windows make a wide band, and one as wide says little. How many families chance alone would put under it is told below each plot. Methods "
        + "without labels have one window a condition where windows are whole conditions: theirs are not repeats.";

    public const string Table =
        "MSE / uniform is the mean square error over that of a simple random sample of the same budget: under 1 is better. worst is the largest root of "
        + "that ratio in one condition; least the coverage of the family where it is least. width is the interval's mean width.";

    public static string DoubtOfEstimates(double alpha) => Markup.Text(
        $"one window is an illustration. Of intervals at {100 * (1 - alpha):0.#} % about one in {1 / alpha:0} misses, ")
        + "and conditions of one file share a model. Judge by error and coverage.";

    public static string Coverage(double nominal) =>
        "Each point is a family of conditions (a shift in all its strengths): the share of its intervals that held the truth. The dashed line is the nominal "
        + Markup.Text($"level, {100 * nominal:0.#} %, ")
        + "the band two standard errors of this simulation about it. A point within the band is no evidence of anything; a red diamond under it is an "
        + "interval that promises too much.";
}
