using AccuracyMonitor.Runs;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Tests.Runs;

/// <summary>A made-up run: five conditions, estimates with gaps, alarms, two changes of monitor.</summary>
internal static class RunSamples
{
    public static IReadOnlyList<RunPoint> Points { get; } = [.. Enumerable.Range(1, 150).Select(second => Point(second))];

    public static RunPoint Point(int second, double truth = 0.8, double audited = 0.79, bool published = true, double? answeredTruth = null) => new()
    {
        At = TimeSpan.FromSeconds(second),
        Condition = DemoCondition.Story[Math.Min(4, second / 30)].Name,
        ConditionIndex = Math.Min(4, second / 30),
        Truth = truth,
        AnsweredUntil = TimeSpan.FromSeconds(second - 5),
        AnsweredTruth = answeredTruth ?? truth,
        Confidence = 0.9,
        LabelFree = second is > 40 and < 60
            ? new PublishedNumber(double.NaN, double.NaN, double.NaN, EstimateState.MonitorInvalid)
            : new PublishedNumber(0.84, 0.82, 0.86, EstimateState.Ok),
        Audited = published && second > 5
            ? new PublishedNumber(audited, audited - 0.03, audited + 0.03, EstimateState.Ok)
            : new PublishedNumber(double.NaN, double.NaN, double.NaN, EstimateState.InsufficientLabels),
        Combined = published && second > 5
            ? new PublishedNumber(audited + 0.01, audited - 0.01, audited + 0.03, EstimateState.Ok)
            : new PublishedNumber(double.NaN, double.NaN, double.NaN, EstimateState.Unspecified),
        Labelled = new PublishedNumber(0.77, 0.7, 0.84, EstimateState.Ok),
        Predictions = 22_500,
        Labels = 200,
        MonitorValid = second is not (> 40 and < 60),
        MonitorVersion = second < 70 ? "m1" : second < 110 ? "m1+h500" : "m2",
        AccuracyAlarm = new AlarmState { Firing = second > 50, LogEvidence = 3, LogThreshold = 9, Reason = "accuracy below [0.85]" },
        ValidityAlarm = new AlarmState { Firing = second is > 40 and < 60, LogEvidence = 5, LogThreshold = 4.6, Reason = "scores too high" },
        IsFull = second >= 15,
    };

    public static RunView View(int seconds) => new()
    {
        Elapsed = TimeSpan.FromSeconds(seconds),
        Total = TimeSpan.FromSeconds(150),
        Subject = "images",
        Story = [.. DemoCondition.Story.Select(r => r.Name)],
        ConditionIndex = Math.Min(4, seconds / 30),
        Detail = DemoCondition.Story[Math.Min(4, seconds / 30)].Detail,
        Points = [.. Points.Take(seconds)],
        Predictions = seconds * 1500,
        Requests = seconds * 15,
        Pending = 7,
        Annotator = new AnnotatorCounts(seconds * 14, 20, 5, 4, 9),
    };

    public static RunSummary Summary => new()
    {
        Windows = 136,
        Confidence = new NumberSummary(0.12, 1),
        LabelFree = new NumberSummary(double.NaN, 0),
        Audited = new NumberSummary(0.01, 0.99),
        Combined = new NumberSummary(0.008, 0.97),
        Interval = new IntervalSummary(0.95, 0.06),
        CombinedInterval = new IntervalSummary(0.93, 0.04),
        Conditions = [.. DemoCondition.Story.Select(r => new DemoConditionSummary(r.Name, 0.8, 0.9, double.NaN, 0.79, 0.9, 0.88, 5000))],
        Predictions = 225_000,
        LabelRequests = 2250,
        SidecarPeakMemory = 200L << 20,
        WallTime = TimeSpan.FromSeconds(170),
        MonitorChanges = 2,
    };
}
