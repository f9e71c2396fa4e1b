namespace AccuracyMonitor.Core.Labelling;

/// <summary>State of a label request. The numbers are persisted: they may only be added to.</summary>
public enum RequestState
{
    Waiting = 1,
    Leased = 2,
    Answered = 3,
    Skipped = 4,

    /// <summary>Nobody answered in time. A label that comes later is still taken.</summary>
    Expired = 5,

    /// <summary>Answered once, then taken back.</summary>
    Retracted = 6,
}
