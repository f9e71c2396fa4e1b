
namespace AccuracyMonitor.Runs.Demo;

/// <summary>The run's summary as tables of text, for whichever display.</summary>
internal static class SummaryTables
{
    public static IEnumerable<SummaryTable> Of(RunSummary run)
    {
        yield return new SummaryTable(
            $"Distance from the hidden truth, over {run.Windows} windows, one a second, changes of condition included",
            ["number", "mean absolute error", "published in"],
            [
                Number("model's own confidence", run.Confidence),
                Number("label-free estimate", run.LabelFree),
                Number("audited estimate", run.Audited),
                Number("combined estimate", run.Combined),
            ]);
        yield return new SummaryTable(
            "By condition: means over the windows within it; then the AUROC of \"is it right\", by the monitor's score and by maximum softmax",
            ["condition", "truth", "confidence", "label-free", "audited", "monitor", "softmax"],
            [.. run.Conditions.Select(OfCondition)]);
        yield return new SummaryTable(
            "Cost",
            ["", ""],
            [
                ["95 % interval held the truth", Held(run.Interval)],
                ["that of the combined estimate", Held(run.CombinedInterval)],
                ["labels asked for", $"{run.LabelRequests:N0} of {run.Predictions:N0} predictions ({run.LabelShare:P2})"],
                ["changes of monitor by labels", $"{run.MonitorChanges}"],
                ["sidecar's peak memory", $"{run.SidecarPeakMemory / (1024.0 * 1024):F0} MiB"],
                ["wall time, set-up included", $"{run.WallTime.TotalSeconds:F0} s"],
            ]);
    }

    private static string Held(IntervalSummary interval) =>
        double.IsFinite(interval.Coverage) ? $"{Wording.Percent(interval.Coverage)} of windows, mean width {100 * interval.MeanWidth:F1} points" : "–";

    private static string[] Number(string name, NumberSummary number) =>
        [name, double.IsFinite(number.MeanAbsoluteError) ? $"{100 * number.MeanAbsoluteError:F1} points" : "–", $"{number.Published:P0} of windows"];

    private static string[] OfCondition(DemoConditionSummary condition) =>
    [
        condition.Condition,
        Wording.Percent(condition.Truth),
        Wording.Percent(condition.Confidence),
        Wording.Percent(condition.LabelFree),
        Wording.Percent(condition.Audited),
        Area(condition.MonitorAuroc),
        Area(condition.SoftmaxAuroc),
    ];

    private static string Area(double area) => double.IsFinite(area) ? $"{area:F3}" : "–";
}
