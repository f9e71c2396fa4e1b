using System.Globalization;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>An estimate in words: the numbers, which estimate it is and why, what it promises, and what would narrow it.</summary>
internal static class EstimateText
{
    public static IEnumerable<string> Lines(EstimateSummary summary)
    {
        var e = summary.Estimate;
        var level = Percent(e.Level, "0.##");
        yield return e.Basis switch
        {
            EstimateBasis.AllLabelled => $"Accuracy: {Percent(e.Value)} of {N(e.Rows)} rows, all labelled",
            EstimateBasis.Convenience => $"Accuracy of the labelled rows: {Percent(e.Value)}",
            _ => $"Accuracy: {Percent(e.Value)}, {level} interval {Interval(e.Lower, e.Upper)}",
        };
        yield return $"  labels: {N(e.Labels)} of {N(e.Rows)} rows, {N(e.Correct)} agree with the predicted class";
        yield return $"  estimate: {Why(e)}";
        yield return $"  promise: {Promise(e, level)}";
        if (e.LabelsAlone is { } alone)
        {
            yield return $"  labels alone: {Percent(alone.Value)}, {Interval(alone.Lower, alone.Upper)}";
        }

        yield return $"  the model's own mean confidence: {Percent(e.MeanConfidence)}, which promises nothing";
        yield return $"  narrower: {Narrower(summary)}";
        foreach (var warning in e.Warnings)
        {
            yield return $"  warning: {warning}";
        }
    }

    public static string Why(OfflineEstimate e) => (e.Basis, e.Method) switch
    {
        (EstimateBasis.AllLabelled, _) => "counted, because every row has a label",
        (EstimateBasis.Drawn, _) =>
            "audited, because rows were drawn with known probabilities: each label counts 1/π, and the scores of all rows reduce the chance of the draw",
        (EstimateBasis.DeclaredRandom, "wilson") => "the share among the labels, because they are said to be drawn at random and are few",
        (EstimateBasis.DeclaredRandom, _) =>
            "audited with equal probabilities, because the labels are said to be drawn at random; the scores of all rows reduce the chance of the draw",
        _ => "the share among the labels, because nothing says how they were chosen",
    };

    public static string Promise(OfflineEstimate e, string level) => e.Basis switch
    {
        EstimateBasis.AllLabelled =>
            $"exact for these rows. For further predictions of the same kind the {level} interval is {Interval(e.Lower, e.Upper)} (Wilson).",
        EstimateBasis.Drawn =>
            $"about {level} of such draws give an interval that contains the accuracy of these {N(e.Rows)} rows, however wrong the scores are. Nothing about "
                + "other data.",
        EstimateBasis.DeclaredRandom =>
            $"as for a draw by 'select', about {level}, but only if every row had the same chance of a label, whatever it holds.",
        _ => $"none. If the labelled rows had been drawn at random, the {level} interval would be {Interval(e.Lower, e.Upper)} (Wilson).",
    };

    private static string Narrower(EstimateSummary summary)
    {
        var e = summary.Estimate;
        var monitor = e.EffectiveLabels is { } effective && summary.Options.Input.Monitor is null
            ? $" The labels are as precise as {N((long)Math.Round(effective))} drawn uniformly; a better score may raise that: --monitor FILE."
            : "";
        return e.Basis switch
        {
            EstimateBasis.AllLabelled => "more rows. Four times as many halve the interval.",
            EstimateBasis.Drawn => $"four times as many labels halve the interval: 'select' with the same --seed and a larger --count draws the same rows and "
                + $"more.{monitor}",
            EstimateBasis.DeclaredRandom => $"four times as many labels halve the interval; 'select' draws them where they tell most.{monitor}",
            _ => "rows drawn by 'select'. More labels of the same kind do not help.",
        };
    }

    private static string Percent(double share, string format = "0.0") => (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";

    private static string Interval(double lower, double upper) => string.Create(CultureInfo.InvariantCulture, $"{100 * lower:0.0} to {100 * upper:0.0} %");

    private static string N(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
