using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>All that one refresh publishes.</summary>
internal sealed record PublishedEstimates(
    IReadOnlyList<PublishedEstimate> Windows, IReadOnlyList<PublishedRunning> Running, IReadOnlyList<PublishedDifference> Differences);

/// <summary>One window of one series.</summary>
internal sealed record PublishedEstimate(
    SeriesKey Series,
    TimeSpan Window,
    DateTimeOffset End,
    WindowEstimate Estimate,
    bool MonitorValid,
    string MonitorVersion,
    AlarmVerdict AccuracyAlarm,
    AlarmVerdict ValidityAlarm);

/// <summary>Accuracy of a model version since its first label.</summary>
internal sealed record PublishedRunning(ModelKey Key, RunningEstimate Estimate);

/// <summary>Audited accuracy of a version less that of another.</summary>
/// <param name="State">Only with Ok is there a difference.</param>
internal sealed record PublishedDifference(ModelKey Key, string Baseline, TimeSpan Window, EstimateState State, Interval Difference);
