using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>A clock for tests whose wall time can be set, as a time service or a person does: its monotonic time does not follow.</summary>
internal sealed class SteppedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _ahead;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Sets the wall time forward, or back.</summary>
    public void Step(TimeSpan by) => _ahead += by;
}
