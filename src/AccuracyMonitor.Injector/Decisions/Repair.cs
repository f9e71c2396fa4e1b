namespace AccuracyMonitor.Injector.Decisions;

internal enum RepairKind
{
    /// <summary>Write again what was dropped, and other resources where those it has no longer fit.</summary>
    Restore,

    /// <summary>Turn the init container into a container of the same content, which has nothing that could be dropped.</summary>
    MakePlain,

    /// <summary>Take the sidecar's container out.</summary>
    Remove,
}

/// <summary>How to repair a sidecar that another webhook damaged after it was added.</summary>
/// <param name="Kind">What to do with the container.</param>
/// <param name="IsInit">It is among the init containers.</param>
/// <param name="Index">In its list.</param>
/// <param name="SleepSeconds">The preStop hook to restore; 0: none, and an empty one is removed.</param>
internal sealed record Repair(RepairKind Kind, bool IsInit, int Index, int SleepSeconds)
{
    /// <summary>In place of those it has; null: they stay.</summary>
    public SidecarResources? Resources { get; init; }
}
