using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Fleet;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Fleet;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Fleet;

public sealed class ReportPartsTests
{
    private static readonly ModelKey Key = new("m", "1");

    [Fact]
    public void The_age_is_that_of_the_oldest_pending_change()
    {
        var clock = new SteppedClock(Workbench.Start);
        var age = new PendingAge(clock);
        age.Read(oldest: 0, last: 10).ShouldBe(TimeSpan.Zero);
        clock.Advance(TimeSpan.FromSeconds(5));
        age.Read(oldest: 11, last: 20).ShouldBe(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(5));
        age.Read(oldest: 11, last: 30).ShouldBe(TimeSpan.FromSeconds(10));

        // What is pending now was the last change when five seconds had passed.
        age.Read(oldest: 21, last: 30).ShouldBe(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromHours(1));
        age.Read(oldest: 0, last: 30).ShouldBe(TimeSpan.Zero);
        clock.Advance(TimeSpan.FromSeconds(1));
        age.Read(oldest: 31, last: 31).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_age_of_many_hours_needs_few_notes_and_is_never_too_low()
    {
        var clock = new SteppedClock(Workbench.Start);
        var age = new PendingAge(clock);
        for (var second = 1; second <= 10_000; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            age.Read(oldest: 1, last: second).ShouldBe(TimeSpan.FromSeconds(second));
        }

        var half = age.Read(oldest: 5000, last: 10_000).TotalSeconds;
        half.ShouldBeInRange(5000, 5300);
    }

    [Fact]
    public void A_pause_doubles_from_a_second_to_five_minutes_and_is_slow_where_a_person_must_act()
    {
        Enumerable.Range(0, 11).Select(n => ReportPause.Bound(StatusCode.Unavailable, n).TotalSeconds)
            .ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        ReportPause.Bound(StatusCode.Unauthenticated, 0).ShouldBe(ReportPause.Slow);
        ReportPause.Bound(StatusCode.PermissionDenied, 9).ShouldBe(ReportPause.Longest);
        ReportPause.Bound(StatusCode.Unimplemented, 0).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_pause_is_within_its_bound_and_at_least_what_the_hub_asks_for()
    {
        var pause = new ReportPause(new SteppedClock(Workbench.Start));
        for (var n = 0; n < 30; n++)
        {
            pause.Failed(StatusCode.Unavailable, asked: null).ShouldBeInRange(TimeSpan.Zero, ReportPause.Bound(StatusCode.Unavailable, n));
        }

        pause.Failed(StatusCode.ResourceExhausted, TimeSpan.FromMinutes(20)).ShouldBe(TimeSpan.FromMinutes(20));
        pause.IsOver.ShouldBeFalse();
        pause.Succeeded();
        pause.IsOver.ShouldBeTrue();
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(3, 8)]
    [InlineData(8, 3)]
    public void Halves_hold_the_whole_and_neither_is_empty(int changes, int models)
    {
        var piece = new ReportPiece(
            [.. Enumerable.Range(0, changes).Select(i => new ForgottenChange(i, Key, $"{i}"))],
            [.. Enumerable.Range(0, models).Select(i => new ModelReport(new ModelKey($"{i}", "1"), 2, "", MonitorValid: true, 0))]);
        var (first, second) = piece.Halves();
        (first.Count > 0, second.Count > 0).ShouldBe((true, true));
        first.Changes.Concat(second.Changes).ShouldBe(piece.Changes);
        first.Models.Concat(second.Models).ShouldBe(piece.Models);
    }
}
