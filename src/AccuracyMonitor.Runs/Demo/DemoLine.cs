
namespace AccuracyMonitor.Runs.Demo;

/// <summary>A window of the demo as a line of text.</summary>
internal static class DemoLine
{
    public static string Of(RunView view, RunPoint point) => string.Join(
        "  ",
        Wording.Time(view.Elapsed),
        $"{point.Condition,-8}",
        $"truth {Wording.Percent(point.Truth),6}",
        $"where answered {Wording.Percent(point.AnsweredTruth),6}",
        $"confidence {Wording.Percent(point.Confidence),6}",
        $"label-free {(point.LabelFree.IsPublished ? Wording.Percent(point.LabelFree.Value) : Wording.State(point.LabelFree.State)),9}",
        $"audited {Wording.Percent(point.Audited.Value),6} {Wording.Interval(point.Audited),-12}",
        $"combined {Wording.Percent(point.Combined.Value),6} {Wording.Interval(point.Combined),-12}",
        $"labels {view.Requests,5} ({view.LabelShare:P2})",
        $"alarms accuracy {Wording.OnOff(point.AccuracyAlarm.Firing)}, validity {Wording.OnOff(point.ValidityAlarm.Firing)}",
        $"monitor {point.MonitorVersion}");
}
