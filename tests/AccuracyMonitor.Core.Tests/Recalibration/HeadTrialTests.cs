using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class HeadTrialTests
{
    private static readonly RecalibrationHeadOptions Options = new();

    [Fact]
    public void A_shift_is_found_within_a_hundred_labels()
    {
        var samples = LabelledPredictions.Make(100, 4, seed: 1, Shifted);
        var trial = new HeadTrial(4, null, Options);

        trial.Observe(samples, 0);

        trial.Judged.ShouldBe(90, "the first ten labels only teach");
        var verdict = trial.Verdict(PromotionBudget.ForRecalibration(0));
        verdict.Promote.ShouldBeTrue(verdict.Reason);
        trial.Head.ShouldNotBeNull();
    }

    [Fact]
    public void Labels_given_in_parts_or_at_once_lead_to_the_same_trial()
    {
        var samples = LabelledPredictions.Make(130, 3, seed: 2, Shifted);
        var (whole, parts) = (new HeadTrial(3, null, Options), new HeadTrial(3, null, Options));

        whole.Observe(samples, 0);
        foreach (var (from, to) in ((int, int)[])[(0, 7), (7, 31), (31, 32), (32, 130)])
        {
            parts.Observe(samples[..to], from);
        }

        parts.Evidence.ShouldBe(whole.Evidence);
        (parts.Judged, parts.SinceFit).ShouldBe((whole.Judged, whole.SinceFit));
        parts.Verdict(50).ShouldBe(whole.Verdict(50));
    }

    [Fact]
    public void The_leading_head_has_not_learned_from_the_labels_since_its_fit()
    {
        var samples = LabelledPredictions.Make(120, 3, seed: 3, Shifted);
        var trial = new HeadTrial(3, null, Options);

        trial.Observe(samples, 0);

        trial.SinceFit.ShouldBeGreaterThan(0);
        trial.FittedTo[^1].ShouldBe(samples[^(trial.SinceFit + 1)]);
        trial.Head!.ToBytes().ShouldBe(RecalibrationHeadFitter.Fit(trial.FittedTo, 3, Options).ToBytes());
    }

    [SimulationFact]
    public void The_outcome_of_the_last_label_does_not_change_the_head_that_it_judges()
    {
        var samples = LabelledPredictions.Make(60, 3, seed: 4, Shifted);
        var (one, other) = (new HeadTrial(3, null, Options), new HeadTrial(3, null, Options));

        one.Observe(samples, 0);
        other.Observe([.. samples[..^1], samples[^1] with { Correct = !samples[^1].Correct }], 0);

        one.Evidence.ShouldNotBe(other.Evidence);
        one.Head!.ToBytes().ShouldBe(other.Head!.ToBytes());
    }

    [Fact]
    public void A_head_whose_shift_has_ended_is_taken_away()
    {
        var champion = new RecalibrationHead { Scale = 1, Shift = -3 };
        var trial = new HeadTrial(3, champion, Options);

        trial.Observe(LabelledPredictions.Make(60, 3, seed: 5), 0);

        var verdict = trial.Verdict(PromotionBudget.ForRecalibration(0));
        verdict.Promote.ShouldBeTrue(verdict.Reason);
    }

    [Fact]
    public void Labels_known_before_the_champion_only_teach()
    {
        var samples = LabelledPredictions.Make(80, 3, seed: 6, Shifted);
        var trial = new HeadTrial(3, null, Options);

        trial.Observe(samples, 60);

        trial.Judged.ShouldBe(20);
        trial.Observe(samples, 80);
        trial.Judged.ShouldBe(20);
    }

    private static double Shifted(double m, float[] p, int c) => c == 0 ? 0.2 : 0.9;
}
