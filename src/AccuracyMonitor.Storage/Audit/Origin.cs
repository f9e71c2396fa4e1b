namespace AccuracyMonitor.Storage.Audit;

/// <summary>Who makes a change, and when: what the audit trail records of it beside what is changed.</summary>
public sealed record Origin(Actor By, DateTimeOffset At)
{
    /// <summary>A change by the program itself.</summary>
    public static implicit operator Origin(DateTimeOffset at) => new(Actor.Sidecar, at);
}
