using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class RunningMeanTests
{
    [Fact]
    public void Add_counts_the_guess_as_twenty_values()
    {
        var mean = new RunningMean(0.25);
        mean.Value.ShouldBe(0.25);
        mean.Add(21.25);
        mean.Value.ShouldBe(1.25, 1e-12);
        mean.Add(23.25);
        mean.Value.ShouldBe(2.25, 1e-12);
    }

    [Fact]
    public void Add_more_values_than_the_memory_weighs_each_with_a_thousandth()
    {
        var mean = new RunningMean(0);
        for (var i = 0; i < 1_500; i++)
        {
            mean.Add(0);
        }

        mean.Add(1_000);
        mean.Value.ShouldBe(1, 1e-12);
    }
}
