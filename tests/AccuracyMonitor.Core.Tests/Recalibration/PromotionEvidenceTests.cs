using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class PromotionEvidenceTests
{
    [Fact]
    public void The_parts_of_all_champions_and_kinds_add_up_to_the_budget() =>
        Enumerable.Range(0, 1_000_000).Sum(n => ((1 / PromotionBudget.ForRecalibration(n)) + (1 / PromotionBudget.ForFineTuning(n))) / (n + 1))
            .ShouldBe(PromotionBudget.Alpha, 1e-6, "the n-th champion has n times its part, since n − 1 promotions came before");

    [Fact]
    public void The_first_champion_is_taken_wrongly_with_half_the_budget_at_most() =>
        ((1 / PromotionBudget.ForRecalibration(0)) + (1 / PromotionBudget.ForFineTuning(0))).ShouldBe(PromotionBudget.Alpha / 2, 1e-12);

    [Theory]
    [InlineData(0.3, 2.0)]
    [InlineData(-1.5, 9.0)]
    [InlineData(4.0, -4.0)]
    public void A_likelihood_factor_has_a_mean_of_at_most_one_where_the_champion_is_right(double champion, double challenger)
    {
        var right = 1 / (1 + Math.Exp(-champion));
        double Factor(bool correct)
        {
            var evidence = new LikelihoodEvidence();
            evidence.Observe(champion, challenger, correct);
            return Math.Exp(evidence.LogValue);
        }

        ((right * Factor(true)) + ((1 - right) * Factor(false))).ShouldBeInRange(0, 1 + 1e-12);
        Math.Min(Factor(true), Factor(false)).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(16, -16)]
    [InlineData(1e300, -1e300)]
    [InlineData(0.1, 0.2)]
    public void A_bet_is_never_lost_whole(double champion, double challenger)
    {
        var evidence = new LossEvidence();
        for (var i = 0; i < 1000; i++)
        {
            evidence.Observe(champion, challenger, i % 3 == 0, 1);
        }

        double.IsFinite(evidence.LogValue).ShouldBeTrue();
    }

    [Fact]
    public void A_better_challenger_of_any_form_gains_evidence_and_a_worse_one_loses_little()
    {
        var (better, worse) = (new LossEvidence(), new LossEvidence());
        foreach (var s in LabelledPredictions.Make(500, 3, seed: 1, (_, _, _) => 0.6))
        {
            better.Observe(s.MonitorLogit, 0.4, s.Correct, 0.5);
            worse.Observe(0.4, s.MonitorLogit, s.Correct, 0.5);
        }

        better.LogValue.ShouldBeGreaterThan(Math.Log(PromotionBudget.ForFineTuning(0)));
        worse.LogValue.ShouldBeInRange(-3, 0);
    }

    [Fact]
    public void What_so_few_labels_cannot_show_is_known_before_they_are_used()
    {
        new LossEvidence().CanReach(PromotionBudget.ForFineTuning(0), 8).ShouldBeFalse();
        new LossEvidence().CanReach(PromotionBudget.ForFineTuning(0), 9).ShouldBeTrue();
    }
}
