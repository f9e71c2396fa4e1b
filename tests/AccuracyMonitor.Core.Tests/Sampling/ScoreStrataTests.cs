using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class ScoreStrataTests
{
    private const double Floor = 0.02;

    // Deviations 0.5 and 0.3 with a mean of 0.4 over the predictions; a stratum without predictions has the floor.
    [Theory]
    [InlineData(0.5, 1.25)]
    [InlineData(0.9, 0.75)]
    [InlineData(1, 0.75)]
    [InlineData(0.7, 0.05)]
    [InlineData(0.1, 0.05)]
    [InlineData(0, 0.05)]
    public void Density_after_500_predictions_is_the_deviation_over_its_mean(double score, double expected)
    {
        var strata = new ScoreStrata(Floor);
        Add(strata, 0.5, 250);
        Add(strata, 0.9, 250);
        strata.Density(score).ShouldBe(expected, 1e-12);
    }

    [Theory]
    [InlineData(-0.01, 0.05)]
    [InlineData(0.24, 1.25)]
    [InlineData(0.26, 0.05)]
    [InlineData(1.99, 0.05)]
    [InlineData(2.24, 0.75)]
    public void Density_is_the_same_within_a_quarter_of_a_logit(double logit, double expected)
    {
        var strata = new ScoreStrata(Floor);
        Add(strata, 0.5, 250);
        Add(strata, 0.9, 250);
        strata.Density(1 / (1 + Math.Exp(-logit))).ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Density_before_500_predictions_is_1()
    {
        var strata = new ScoreStrata(Floor);
        Add(strata, 0.5, 250);
        Add(strata, 0.9, 249);
        strata.Density(0.5).ShouldBe(1);
        strata.Density(0.9).ShouldBe(1);
    }

    // The first 500 count half: 125 of 0.5 and 625 of 0.9 have a mean deviation of a third.
    [Fact]
    public void Density_forgets_half_of_the_earlier_predictions_at_each_redraw()
    {
        var strata = new ScoreStrata(Floor);
        Add(strata, 0.5, 250);
        Add(strata, 0.9, 750);
        strata.Density(0.5).ShouldBe(1.5, 1e-12);
        strata.Density(0.9).ShouldBe(0.9, 1e-12);
    }

    // The floor is 0.3 for the sure ones: the mean deviation is 0.4 again.
    [Fact]
    public void Density_of_certain_scores_is_that_of_the_floor()
    {
        var strata = new ScoreStrata(0.3);
        Add(strata, 0.5, 250);
        Add(strata, 1, 250);
        strata.Density(0.5).ShouldBe(1.25, 1e-12);
        strata.Density(1).ShouldBe(0.75, 1e-12);
    }

    private static void Add(ScoreStrata strata, double score, int count)
    {
        for (var i = 0; i < count; i++)
        {
            strata.Add(score);
        }
    }
}
