namespace AccuracyMonitor.Hosting.Access;

/// <summary>What a caller may do. A call needs one of them; a caller may have several.</summary>
[Flags]
#pragma warning disable MA0062 // A role that includes others has a bit of its own.
public enum Roles
#pragma warning restore MA0062
{
    None = 0,

    /// <summary>Scrape /metrics.</summary>
    Metrics = 1,

    /// <summary>Read estimates, the queue's counts and the list of monitors, and scrape.</summary>
    Read = 2 | Metrics,

    /// <summary>Report predictions.</summary>
    Observe = 4,

    /// <summary>List and lease label requests, and give, correct and retract labels.</summary>
    Label = 8,

    /// <summary>Register, activate, roll back and adapt monitors, and all that the other roles allow.</summary>
    Administer = 16 | Read | Observe | Label,
}
