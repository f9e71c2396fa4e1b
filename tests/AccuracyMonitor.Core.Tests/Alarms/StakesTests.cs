using AccuracyMonitor.Core.Alarms;

namespace AccuracyMonitor.Core.Tests.Alarms;

public sealed class StakesTests
{
    [Theory]
    [InlineData(0, 0.4932738)]
    [InlineData(1, 0)]
    [InlineData(24, 0)]
    [InlineData(25, 0.1309058)]
    [InlineData(26, 0)]
    public void After_EveryTwentyFifthLabel_IsAStake(long labels, double expected) => Stakes.After(labels).ShouldBe(expected, 1e-7);

    [Fact]
    public void After_AllStarts_AddUpToOne()
    {
        const int Starts = 100_000;
        var sum = 0.0;
        for (var s = 0; s < Starts; s++)
        {
            sum += Stakes.After(25L * s);
        }

        // What is left is the integral of 1/(n·ln²n), 1/ln n, over the sum of the whole series.
        (sum + (1 / Math.Log(Starts + 1.5) / 2.10974)).ShouldBe(1, 1e-5);
    }
}
