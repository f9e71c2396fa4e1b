namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>The system's clock with a wall time that is ahead of it.</summary>
internal sealed class AheadClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
