using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Truth;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Everything that one refresh publishes. Metrics, /estimates and the gRPC service all show this object.</summary>
internal sealed record PublishedEstimates
{
    public static readonly PublishedEstimates None = new() { At = DateTimeOffset.UnixEpoch, Models = [], Windows = [], Running = [], Differences = [] };

    public required DateTimeOffset At { get; init; }

    public required IReadOnlyList<PublishedModel> Models { get; init; }

    public required IReadOnlyList<PublishedEstimate> Windows { get; init; }

    public required IReadOnlyList<PublishedRunning> Running { get; init; }

    public required IReadOnlyList<PublishedDifference> Differences { get; init; }

    /// <summary>What came true, of the model versions where it is known.</summary>
    public IReadOnlyList<RealizedAccuracy> Realized { get; init; } = [];
}

/// <summary>A model version as a whole.</summary>
internal sealed record PublishedModel(ModelKey Key)
{
    public required int ClassCount { get; init; }

    /// <summary>Share of predictions to label.</summary>
    public required double Budget { get; init; }

    /// <summary>Null: none is set.</summary>
    public required double? Objective { get; init; }

    public required bool MonitorValid { get; init; }

    public required string MonitorVersion { get; init; }

    public required string MonitorKind { get; init; }

    public required AlarmVerdict AccuracyAlarm { get; init; }

    public required AlarmVerdict ValidityAlarm { get; init; }

    /// <summary>Null: the second opinions were not read yet.</summary>
    public required LabelQuality? LabelQuality { get; init; }
}

/// <summary>One window of one series.</summary>
internal sealed record PublishedEstimate(
    SeriesKey Series,
    TimeSpan Window,
    DateTimeOffset End,
    WindowEstimate Estimate,
    bool MonitorValid,
    string MonitorVersion,
    AlarmVerdict AccuracyAlarm,
    AlarmVerdict ValidityAlarm)
{
    /// <summary>The audited estimate corrected for wrong labels; null: of a segment or class, or the second opinions were not read yet.</summary>
    public CorrectedAccuracy? NoiseCorrected { get; init; }
}

/// <summary>Accuracy of a model version since its first label.</summary>
internal sealed record PublishedRunning(ModelKey Key, RunningEstimate Estimate);

/// <summary>Audited accuracy of a version less that of another.</summary>
/// <param name="State">Only with Ok is there a difference.</param>
internal sealed record PublishedDifference(ModelKey Key, string Baseline, TimeSpan Window, EstimateState State, Interval Difference);
