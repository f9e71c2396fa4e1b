
namespace AccuracyMonitor.Runs.Replay;

/// <summary>How the published numbers did while one stretch of the stream lasted, over the windows that ended in it.</summary>
internal sealed record ReplayConditionSummary
{
    /// <summary>Position in the stream, from 0; -1: all conditions together.</summary>
    public required int ConditionIndex { get; init; }

    public required string Condition { get; init; }

    public required int Windows { get; init; }

    /// <summary>Mean over the windows; NaN where it isn't known.</summary>
    public required double Truth { get; init; }

    public required NumberSummary Confidence { get; init; }

    public required NumberSummary LabelFree { get; init; }

    /// <summary>Like <see cref="Audited"/> and <see cref="Combined"/>, compared with the truth of the predictions that the labels of a window cover.</summary>
    public required NumberSummary Labelled { get; init; }

    public required NumberSummary Audited { get; init; }

    public required IntervalSummary LabelFreeInterval { get; init; }

    public required IntervalSummary LabelledInterval { get; init; }

    public required IntervalSummary AuditedInterval { get; init; }

    public required NumberSummary Combined { get; init; }

    public required IntervalSummary CombinedInterval { get; init; }

    public static ReplayConditionSummary Of(int index, string condition, IReadOnlyCollection<RunPoint> points) => new()
    {
        ConditionIndex = index,
        Condition = condition,
        Windows = points.Count,
        Truth = points.Where(p => double.IsFinite(p.Truth)).Select(p => p.Truth).DefaultIfEmpty(double.NaN).Average(),
        Confidence = NumberSummary.Of(points, p => p.Truth, p => p.Confidence),
        LabelFree = NumberSummary.Of(points, p => p.Truth, p => p.LabelFree.Value),
        Labelled = NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Labelled.Value),
        Audited = NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Audited.Value),
        LabelFreeInterval = IntervalSummary.Of(points, p => p.Truth, p => p.LabelFree),
        LabelledInterval = IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Labelled),
        AuditedInterval = IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Audited),
        Combined = NumberSummary.Of(points, p => p.AnsweredTruth, p => p.Combined.Value),
        CombinedInterval = IntervalSummary.Of(points, p => p.AnsweredTruth, p => p.Combined),
    };
}
