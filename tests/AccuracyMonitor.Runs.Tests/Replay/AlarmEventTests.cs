using AccuracyMonitor.Runs.Replay;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Tests.Replay;

public sealed class AlarmEventTests
{
    private static readonly ConditionStart[] Starts = [new(TimeSpan.Zero, 0, 0), new(TimeSpan.FromSeconds(3), 300, 10)];

    [Fact]
    public void An_alarm_is_counted_from_the_beginning_of_its_stretch_until_it_ends()
    {
        var events = AlarmEvent.Of([Point(1, false), Point(4, false), Point(5, true), Point(6, true), Point(7, false), Point(8, true)], Starts);

        var first = new AlarmEvent
        {
            Alarm = "accuracy",
            ConditionIndex = 1,
            Condition = "b",
            At = 5,
            Seconds = 2,
            Predictions = 200,
            Labels = 15,
            Ended = 7,
            Reason = "low",
        };
        events.ShouldBe([first, first with { At = 8, Seconds = 5, Predictions = 500, Labels = 30, Ended = null }]);
    }

    [Fact]
    public void A_quiet_run_has_none() => AlarmEvent.Of([Point(1, false), Point(4, false)], Starts).ShouldBeEmpty();

    private static RunPoint Point(int second, bool firing) => RunSamples.Point(second) with
    {
        Condition = second < 3 ? "a" : "b",
        ConditionIndex = second < 3 ? 0 : 1,
        Position = second * 100,
        Answered = second * 5,
        AccuracyAlarm = new AlarmState { Firing = firing, Reason = "low" },
        ValidityAlarm = new AlarmState(),
    };
}
