using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class ChampionChallengerTests
{
    private static readonly PromotionEvidence Enough = new(50, 50);

    [Fact]
    public void A_challenger_that_knows_the_condition_takes_over_when_the_evidence_suffices()
    {
        static double Condition(double m, float[] p, int c) => c == 0 ? 0.2 : 0.9;
        var samples = LabelledPredictions.Make(150, 4, seed: 1, Condition);
        var challenger = CrossFit.HeadLogits(samples, 4, new RecalibrationHeadOptions());
        var verdict = ChampionChallenger.Judge(Champion(samples), challenger, samples, Enough);

        verdict.Promote.ShouldBeTrue();
        verdict.ChallengerLoss.ShouldBeLessThan(verdict.ChampionLoss - verdict.StandardError);
        verdict.Labels.ShouldBe(150);
        verdict.Reason.ShouldContain("e-value 50, at least 50 required");
        ChampionChallenger.Judge(challenger, Champion(samples), samples, Enough).Promote.ShouldBeFalse("it is worse on the newest labels");
        ChampionChallenger.Judge(Champion(samples), challenger, samples, new(49, 50)).Promote.ShouldBeFalse("the evidence does not suffice");
    }

    [Fact]
    public void The_same_monitor_again_never_takes_over()
    {
        var samples = LabelledPredictions.Make(500, 3, seed: 2);
        var verdict = ChampionChallenger.Judge(Champion(samples), Champion(samples), samples, Enough);
        (verdict.Promote, verdict.StandardError).ShouldBe((false, 0));
    }

    [Fact]
    public void A_sure_but_tiny_improvement_is_not_worth_a_monitor()
    {
        var samples = LabelledPredictions.Make(500, 3, seed: 3).Select(s => s with { Correct = true }).ToArray();
        var challenger = samples.Select(s => s.MonitorLogit + 0.001).ToArray();
        ChampionChallenger.Judge(Champion(samples), challenger, samples, Enough).Promote.ShouldBeFalse();
    }

    [Fact]
    public void Too_few_labels_decide_nothing()
    {
        var samples = LabelledPredictions.Make(ChampionChallenger.MinLabels - 1, 3, seed: 4, (_, _, _) => 0);
        var verdict = ChampionChallenger.Judge([.. samples.Select(_ => 5.0)], [.. samples.Select(_ => -5.0)], samples, Enough);
        (verdict.Promote, verdict.Reason).ShouldBe((false, "19 labels: at least 20 are needed."));
    }

    [Fact]
    public void Losses_and_error_are_weighted_by_the_inverse_probability()
    {
        // Two kinds of row: weight 1, loss falls from a to b; weight 3, loss rises from b to a.
        var p = new float[] { 0.9f, 0.1f };
        var samples = Enumerable.Range(0, 40).Select(i => new LabelledPrediction($"{i}", p, 0, 0, true, i % 2 == 0 ? 1 : 3)).ToArray();
        var champion = samples.Select(s => s.Weight == 1 ? 0.0 : 2).ToArray();
        var challenger = samples.Select(s => s.Weight == 1 ? 2.0 : 0).ToArray();
        var (a, b) = (Math.Log(2), Math.Log(1 + Math.Exp(-2)));
        var verdict = ChampionChallenger.Judge(champion, challenger, samples, Enough);

        verdict.ChampionLoss.ShouldBe((a + (3 * b)) / 4, 1e-12);
        verdict.ChallengerLoss.ShouldBe((b + (3 * a)) / 4, 1e-12);
        var (gain, mean) = (a - b, (a - b) / -2);
        var variance = ((20 * Math.Pow(gain - mean, 2)) + (20 * 9 * Math.Pow(-gain - mean, 2))) / (80.0 * 80) * 40 / 39;
        verdict.StandardError.ShouldBe(Math.Sqrt(variance), 1e-12);
    }

    [Fact]
    public void A_saturated_score_that_is_wrong_costs_much_but_not_without_bound()
    {
        var samples = LabelledPredictions.Make(50, 3, seed: 5).Select((s, i) => s with { Correct = i > 0, Weight = 1 }).ToArray();
        var verdict = ChampionChallenger.Judge([.. samples.Select(_ => 1e300)], [.. samples.Select(_ => -1e300)], samples, Enough);
        verdict.ChampionLoss.ShouldBe(16.0 / 50, 1e-5);
        verdict.ChallengerLoss.ShouldBe(16.0 * 49 / 50, 1e-5);
        verdict.Promote.ShouldBeFalse();
    }

    [Fact]
    public void Numbers_that_cannot_be_compared_are_refused()
    {
        var samples = LabelledPredictions.Make(30, 3, seed: 6);
        var logits = Champion(samples);
        Should.Throw<ArgumentException>(() => ChampionChallenger.Judge(logits.AsSpan(1), logits, samples, Enough));
        Should.Throw<ArgumentException>(() => ChampionChallenger.Judge(logits, logits.AsSpan(1), samples, Enough));
        logits[3] = double.NaN;
        Should.Throw<ArgumentException>(() => ChampionChallenger.Judge(Champion(samples), logits, samples, Enough))
            .Message.ShouldContain(samples[3].Key);
    }

    private static double[] Champion(LabelledPrediction[] samples) => [.. samples.Select(s => s.MonitorLogit)];
}
