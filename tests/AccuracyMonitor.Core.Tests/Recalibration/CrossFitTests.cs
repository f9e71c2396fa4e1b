using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class CrossFitTests
{
    private static readonly RecalibrationHeadOptions Options = new();

    [Fact]
    public void A_score_does_not_depend_on_its_own_label()
    {
        var samples = LabelledPredictions.Make(60, 4, seed: 1);
        var logits = CrossFit.HeadLogits(samples, 4, Options);
        for (var i = 0; i < samples.Length; i += 7)
        {
            var turned = (LabelledPrediction[])samples.Clone();
            turned[i] = samples[i] with { Correct = !samples[i].Correct };
            var other = CrossFit.HeadLogits(turned, 4, Options);
            other[i].ShouldBe(logits[i]);
            other.ShouldNotBe(logits);
        }
    }

    [Fact]
    public void A_prediction_labelled_twice_stays_in_one_fold()
    {
        var samples = LabelledPredictions.Make(30, 4, seed: 2);
        var twin = samples[3] with { Correct = !samples[3].Correct };
        var logits = CrossFit.HeadLogits([.. samples, twin], 4, Options);
        logits[^1].ShouldBe(logits[3]);
    }

    [Fact]
    public void The_order_of_the_labels_does_not_matter()
    {
        var samples = LabelledPredictions.Make(80, 4, seed: 3);
        var logits = CrossFit.HeadLogits(samples, 4, Options);
        var reversed = CrossFit.HeadLogits([.. samples.Reverse()], 4, Options);
        Array.Reverse(reversed);
        logits.Zip(reversed).Max(p => Math.Abs(p.First - p.Second)).ShouldBeLessThan(1e-8);
    }

    [Fact]
    public void Each_score_is_by_the_head_of_its_fold()
    {
        var samples = LabelledPredictions.Make(40, 3, seed: 4);
        var heads = CrossFit.Heads(samples, 3, Options, folds: 4);
        var logits = CrossFit.HeadLogits(samples, 3, Options, folds: 4);
        heads.Length.ShouldBe(4);
        for (var i = 0; i < samples.Length; i++)
        {
            var s = samples[i];
            logits[i].ShouldBe(heads[CrossFit.FoldOf(s.Key, 4)].Logit(s.MonitorLogit, s.Probabilities, s.PredictedClass));
        }
    }

    [Fact]
    public void One_label_or_none_leaves_the_monitor_as_it_is()
    {
        var one = LabelledPredictions.Make(1, 3, seed: 5);
        CrossFit.HeadLogits(one, 3, Options).ShouldBe([one[0].MonitorLogit]);
        CrossFit.HeadLogits([], 3, Options).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("p-1", 3)]
    [InlineData("p-2", 3)]
    [InlineData("p-3", 0)]
    [InlineData("p-4", 1)]
    public void Folds_are_the_same_on_every_machine(string key, int fold) => CrossFit.FoldOf(key, 5).ShouldBe(fold);

    [Fact]
    public void Folds_are_even()
    {
        var counts = new int[5];
        for (var i = 0; i < 10_000; i++)
        {
            counts[CrossFit.FoldOf($"prediction-{i}", 5)]++;
        }

        // 4.5 standard deviations of a binomial(10,000, 1/5).
        counts.ShouldAllBe(c => Math.Abs(c - 2_000) < 180);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-3)]
    public void Fewer_than_two_folds_are_refused(int folds)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => CrossFit.HeadLogits([], 3, Options, folds));
        Should.Throw<ArgumentOutOfRangeException>(() => CrossFit.Heads([], 3, Options, folds));
        Should.Throw<ArgumentOutOfRangeException>(() => CrossFit.FoldOf("a", folds));
    }
}
