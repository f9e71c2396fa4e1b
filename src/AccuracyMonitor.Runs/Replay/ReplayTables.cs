
namespace AccuracyMonitor.Runs.Replay;

/// <summary>A replay's summary as tables of text, and a window of it as a line.</summary>
internal static class ReplayTables
{
    public static IEnumerable<SummaryTable> Of(ReplaySummary replay)
    {
        yield return new SummaryTable(
            "Mean absolute distance from the truth, in accuracy points, by the condition that the window ended in (share of windows with the number, where "
                + "not all)",
            ["condition", "windows", "truth", "confidence", "label-free", "labelled", "audited", "combined"],
            [.. replay.Conditions.Append(replay.AllConditions).Select(Errors)]);
        yield return new SummaryTable(
            "95 % intervals: share of windows whose truth they held, and mean width in points",
            ["condition", "label-free", "labelled", "audited", "combined"],
            [.. replay.Conditions.Append(replay.AllConditions).Select(Intervals)]);
        yield return new SummaryTable(
            "Alarms, seen once a second; counted from the beginning of the condition in which they began to fire",
            ["alarm", "condition", "after", "predictions", "labels", "at", "until"],
            replay.Alarms.Count > 0 ? [.. replay.Alarms.Select(Alarm)] : [["none", "", "", "", "", "", ""]]);
        yield return new SummaryTable(
            "Cost",
            ["", ""],
            [
                ["predictions",
                    $"{replay.Predictions:N0}, of them accepted {replay.Accepted:N0}, in {replay.Seconds:F0} s{(replay.Complete ? "" : " (ended early)")}"],
                ["dropped", Drops(replay.Drops)],
                ["labels", $"{replay.LabelsRequested:N0} requested ({Share(replay.LabelsRequested, replay.Predictions):P2}), {replay.LabelsAnswered:N0} "
                    + $"answered"],
                ["changes of monitor by labels", $"{replay.MonitorChanges}"],
                .. replay.WithoutTruth > 0 ? [["without a label in the file", $"{replay.WithoutTruth:N0}: not part of the truth"]] : Array.Empty<string[]>(),
            ]);
    }

    public static string Line(RunView view, RunPoint point) => string.Join(
        "  ",
        Wording.Time(view.Elapsed),
        $"{point.Condition,-14}",
        $"truth {Wording.Percent(point.Truth),6}",
        $"where answered {Wording.Percent(point.AnsweredTruth),6}",
        $"confidence {Wording.Percent(point.Confidence),6}",
        $"label-free {Number(point.LabelFree),-22}",
        $"labelled {Number(point.Labelled),-22}",
        $"audited {Number(point.Audited),-22}",
        $"combined {Number(point.Combined),-22}",
        $"labels {point.Labels} in window, {view.Annotator.Answered} of {view.Requests}",
        $"alarms accuracy {Wording.OnOff(point.AccuracyAlarm.Firing)}, validity {Wording.OnOff(point.ValidityAlarm.Firing)}",
        $"monitor {point.MonitorVersion}");

    private static string Number(PublishedNumber number) =>
        number.IsPublished ? $"{Wording.Percent(number.Value)} {Wording.Interval(number)}" : Wording.State(number.State);

    private static string[] Errors(ReplayConditionSummary condition) =>
    [
        Name(condition),
        $"{condition.Windows}",
        Wording.Percent(condition.Truth),
        Error(condition.Confidence),
        Error(condition.LabelFree),
        Error(condition.Labelled),
        Error(condition.Audited),
        Error(condition.Combined),
    ];

    private static string[] Intervals(ReplayConditionSummary condition) =>
    [
        Name(condition),
        Interval(condition.LabelFreeInterval),
        Interval(condition.LabelledInterval),
        Interval(condition.AuditedInterval),
        Interval(condition.CombinedInterval),
    ];

    private static string[] Alarm(AlarmEvent alarm) =>
    [
        alarm.Alarm,
        $"{alarm.ConditionIndex + 1} {alarm.Condition}",
        $"{alarm.Seconds:F0} s",
        $"{alarm.Predictions:N0}",
        $"{alarm.Labels:N0}",
        $"{alarm.At:F0} s",
        alarm.Ended is { } ended ? $"{ended:F0} s" : "the end",
    ];

    private static string Name(ReplayConditionSummary condition) =>
        condition.ConditionIndex < 0 ? condition.Condition : $"{condition.ConditionIndex + 1} {condition.Condition}";

    private static string Error(NumberSummary number) =>
        !double.IsFinite(number.MeanAbsoluteError) ? "–"
        : number.Published < 1 ? $"{100 * number.MeanAbsoluteError:F1} ({number.Published:P0})"
        : $"{100 * number.MeanAbsoluteError:F1}";

    private static string Interval(IntervalSummary interval) =>
        double.IsFinite(interval.Coverage) ? $"{interval.Coverage:P0}, {100 * interval.MeanWidth:F1}" : "–";

    private static string Drops(ReplayDrops drops) => drops.Total == 0
        ? "none"
        : $"{drops.Total:N0}: queue full {drops.QueueFull:N0}, connection lost {drops.ConnectionLost:N0}, refused {drops.Refused:N0}, rejected "
            + $"{drops.Rejected:N0}";

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
