
namespace AccuracyMonitor.Runs.Replay;

/// <summary>How the published numbers did while one stretch of the stream lasted, over the windows that ended in it.</summary>
/// <param name="ConditionIndex">From 0.</param>
/// <param name="Truth">Mean over the windows; NaN where it isn't known.</param>
/// <param name="Labelled">This, audited and combined against the truth of the predictions that the window's labels speak for; the others of all.</param>
internal sealed record ReplayConditionSummary(
    int ConditionIndex,
    string Condition,
    int Windows,
    double Truth,
    NumberSummary Confidence,
    NumberSummary LabelFree,
    NumberSummary Labelled,
    NumberSummary Audited,
    IntervalSummary LabelFreeInterval,
    IntervalSummary LabelledInterval,
    IntervalSummary AuditedInterval,
    NumberSummary Combined,
    IntervalSummary CombinedInterval)
{
    public static ReplayConditionSummary Of(int index, string condition, IReadOnlyCollection<RunPoint> points) => new(
        index,
        condition,
        points.Count,
        points.Where(p => double.IsFinite(p.Truth)).Select(p => p.Truth).DefaultIfEmpty(double.NaN).Average(),
        NumberSummary.Of(points, p => p.Truth, p => p.Confidence),
        NumberSummary.Of(points, p => p.Truth, p => p.LabelFree.Value),
        NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Labelled.Value),
        NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Audited.Value),
        IntervalSummary.Of(points, p => p.Truth, p => p.LabelFree),
        IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Labelled),
        IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Audited),
        NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Combined.Value),
        IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Combined));
}
