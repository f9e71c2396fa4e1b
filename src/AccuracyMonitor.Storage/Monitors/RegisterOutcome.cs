namespace AccuracyMonitor.Storage.Monitors;

/// <summary>What became of a registration.</summary>
public enum RegisterOutcome
{
    Registered = 1,

    /// <summary>The same monitor is there already.</summary>
    Unchanged = 2,

    /// <summary>Another monitor has that version; it stays.</summary>
    Conflict = 3,
}
