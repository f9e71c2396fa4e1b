namespace AccuracyMonitor.Core.Labelling;

/// <summary>State of a label request. The numbers are persisted: add new ones, never change one.</summary>
public enum RequestState
{
    Waiting = 1,
    Leased = 2,
    Answered = 3,
    Skipped = 4,

    /// <summary>Nobody answered in time. A later label is still accepted.</summary>
    Expired = 5,

    /// <summary>Answered once, then retracted.</summary>
    Retracted = 6,
}
