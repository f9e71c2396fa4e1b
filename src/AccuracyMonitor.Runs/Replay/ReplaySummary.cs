namespace AccuracyMonitor.Runs.Replay;

/// <summary>The whole replay in numbers.</summary>
internal sealed record ReplaySummary
{
    /// <summary>False: ended before the file did.</summary>
    public required bool Complete { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<ReplayConditionSummary> Conditions { get; init; }

    /// <summary>Over all windows.</summary>
    public required ReplayConditionSummary AllConditions { get; init; }

    public required IReadOnlyList<AlarmEvent> Alarms { get; init; }

    /// <summary>Handed to the client.</summary>
    public required long Predictions { get; init; }

    /// <summary>Of them accepted by the sidecar.</summary>
    public required long Accepted { get; init; }

    public required ReplayDrops Drops { get; init; }

    public required long LabelsRequested { get; init; }

    public required long LabelsAnswered { get; init; }

    public required int MonitorChanges { get; init; }

    /// <summary>Predictions whose label the file never tells: not part of the truth.</summary>
    public required long WithoutTruth { get; init; }
}

/// <summary>Predictions that the sidecar did not take, by reason.</summary>
internal sealed record ReplayDrops(long QueueFull, long ConnectionLost, long Refused, long Rejected)
{
    public long Total => QueueFull + ConnectionLost + Refused + Rejected;
}
