using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class AgreedClockTests
{
    private readonly SteppedClock _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AgreedClock _clock;

    public AgreedClockTests() => _clock = new AgreedClock(_time);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(-100)]
    public void Read_DuringAJumpOfTheWallClock_GoesOnFromBeforeIt(double days)
    {
        _time.Advance(TimeSpan.FromHours(3));
        var before = _clock.Read();
        before.AgreedFor.ShouldBe(TimeSpan.FromHours(3));

        _time.Step(TimeSpan.FromDays(days));
        _time.Advance(TimeSpan.FromSeconds(4));
        var during = _clock.Read();
        during.Now.ShouldBe(before.Now.AddSeconds(4));
        during.Jump.ShouldBe(TimeSpan.FromDays(days));
        during.Agreed.ShouldBeFalse();

        _time.Step(TimeSpan.FromDays(-days));
        var after = _clock.Read();
        (after.Agreed, after.Now, after.AgreedFor, after.Corrections).ShouldBe((true, before.Now.AddSeconds(4), TimeSpan.Zero, 0L));
    }

    [Fact]
    public void Read_OnceTheNewCourseHasLastedTheGraceTime_BelievesIt()
    {
        _time.Step(TimeSpan.FromDays(1));
        _clock.Read().Agreed.ShouldBeFalse();
        _time.Advance(AgreedClock.Grace - TimeSpan.FromSeconds(1));
        _clock.Read().Agreed.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        _clock.Read().ShouldBe(new AgreedTime(_time.GetUtcNow(), TimeSpan.Zero, AgreedClock.Grace, Corrections: 1));
    }

    [Fact]
    public void Read_OfAClockThatKeepsJumping_NeverBelievesIt()
    {
        for (var i = 0; i < 20; i++)
        {
            _time.Step(TimeSpan.FromDays(1));
            _time.Advance(TimeSpan.FromMinutes(50));
            _clock.Read().Agreed.ShouldBeFalse();
        }
    }

    [Fact]
    public void Read_OfAClockThatIsSlewedABit_FollowsIt()
    {
        for (var hour = 0; hour < 200; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            _time.Step(TimeSpan.FromSeconds(30));
            _clock.Read().ShouldBe(new AgreedTime(_time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromHours(hour + 1), 0));
        }
    }
}
