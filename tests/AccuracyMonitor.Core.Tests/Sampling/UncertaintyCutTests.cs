using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class UncertaintyCutTests
{
    // The first 500 predictions save up a credit of five, which ties at the threshold then spend.
    [Fact]
    public void Pick_ties_at_the_threshold_spends_the_saved_credit()
    {
        var cut = new UncertaintyCut();
        Picks(cut, 0.99, 490, 0.01).ShouldBe(0);
        Picks(cut, 0.5, 10, 0.01).ShouldBe(0);
        Picks(cut, 0.99, 1, 0.01).ShouldBe(0);
        Picks(cut, 0.5, 5, 0.01).ShouldBe(5);
        Picks(cut, 0.5, 20, 0.01).ShouldBe(0);
    }

    // Beyond the threshold the number selected may lead by 10 + 2.4: the credit falls from 5 to below 1 − 12.4 with the 17th.
    [Fact]
    public void Pick_beyond_the_threshold_leads_by_the_slack()
    {
        var cut = new UncertaintyCut();
        Picks(cut, 0.9, 500, 0.01);
        Picks(cut, 0.5, 17, 0.01).ShouldBe(17);
        Picks(cut, 0.5, 40, 0.01).ShouldBe(0);
        Picks(cut, 0.5, 5, 0.01).ShouldBe(1);
    }

    // With a budget of a half the credit stops at 10 + 120, and each tie that is selected costs a half.
    [Fact]
    public void Pick_after_a_long_time_without_has_no_more_credit_than_the_slack()
    {
        var cut = new UncertaintyCut();
        Picks(cut, 0.9, 500, 0.5).ShouldBe(0);
        Picks(cut, 0.9, 259, 0.5).ShouldBe(259);
        Picks(cut, 0.9, 4, 0.5).ShouldBe(2);
    }

    // A full credit raises the share that is looked for from a half to three quarters, a lead of the same size lowers it to a quarter.
    [Theory]
    [InlineData(374, false)]
    [InlineData(376, true)]
    public void Redraw_with_full_credit_looks_for_half_as_many_again(int uncertain, bool cutThere)
    {
        var cut = new UncertaintyCut();
        Picks(cut, 0.6, uncertain, 0.5);
        Picks(cut, 0.9, 500 - uncertain, 0.5);
        cut.Pick(0.9, 0.5).ShouldBe(!cutThere);
        cut.Pick(0.6, 0.5).ShouldBeTrue();
    }

    // Bins of |logit| are 1/64 wide: 2.005 shares the bin of 2.001, 1.98 is the next less certain one.
    [Theory]
    [InlineData(2.005, 0)]
    [InlineData(-2.005, 0)]
    [InlineData(1.98, 1)]
    [InlineData(-1.98, 1)]
    [InlineData(2.02, 0)]
    public void Pick_does_not_depend_on_the_side_of_one_half(double logit, int expected)
    {
        var cut = new UncertaintyCut();
        Picks(cut, Score(2.001), 500, 0.01);
        Picks(cut, Score(2.001), 10, 0.01).ShouldBe(5);
        Picks(cut, Score(logit), 1, 0.01).ShouldBe(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Pick_only_certain_predictions_keeps_to_the_credit(double score)
    {
        var cut = new UncertaintyCut();
        Picks(cut, score, 500, 0.01);
        Picks(cut, score, 10, 0.01).ShouldBe(5);
    }

    // One prediction at 0.5 counts 0.95 after the first redraw, and the second one looks for 0.001·1.05·975 = 1.02.
    [Fact]
    public void Redraw_with_a_small_budget_remembers_longer()
    {
        var cut = new UncertaintyCut();
        Picks(cut, 0.5, 1, 0.001);
        Picks(cut, 0.9, 999, 0.001).ShouldBe(0);
        cut.Pick(0.9, 0.001).ShouldBeTrue();
    }

    private static double Score(double logit) => 1 / (1 + Math.Exp(-logit));

    private static int Picks(UncertaintyCut cut, double score, int count, double budget)
    {
        var picks = 0;
        for (var i = 0; i < count; i++)
        {
            picks += cut.Pick(score, budget) ? 1 : 0;
        }

        return picks;
    }
}
