using AccuracyMonitor.Core.Alarms;

namespace AccuracyMonitor.Core.Tests.Alarms;

public sealed class ChangeRunsTests
{
    [Fact]
    public void Best_LabelsSinceTheLowestSum_AreThoseOfTheBetThatGainedMost()
    {
        var runs = new ChangeRuns(2);
        runs.Add([1, -1], 2, right: true, expected: 0.75);
        Numbers(runs.Best).ShouldBe((1, 2, 2, 1.5));

        // The second bet begins here, and has gained less than the first.
        runs.Add([1, 1.5], 3, right: false, expected: 0.5);
        Numbers(runs.Best).ShouldBe((2, 5, 2, 3));

        // The first loses all that it gained: its run ends, the second bet's goes on.
        runs.Add([-2, 0.5], 1, right: true, expected: 1);
        Numbers(runs.Best).ShouldBe((2, 4, 1, 2.5));
    }

    [Fact]
    public void Best_EveryBetHasJustLost_IsEmpty()
    {
        var runs = new ChangeRuns(2);
        runs.Add([1, 2], 1, right: true, expected: 1);
        runs.Add([-3, -3], 1, right: true, expected: 1);
        runs.Best.ShouldBe(default);
    }

    [Fact]
    public void Reset_AfterGains_ForgetsThem()
    {
        var runs = new ChangeRuns(2);
        runs.Add([5, 1], 1, right: true, expected: 1);
        runs.Reset();
        runs.Best.ShouldBe(default);

        // With the five still there the first bet would be the best.
        runs.Add([1, 2], 1, right: false, expected: 1);
        runs.Add([1, -5], 1, right: false, expected: 1);
        Numbers(runs.Best).ShouldBe((2, 2, 0, 2));
    }

    private static (long Labels, double Weight, double Right, double Expected) Numbers(LabelRun run) =>
        (run.Labels, run.Weight, run.Right, run.Expected);
}
