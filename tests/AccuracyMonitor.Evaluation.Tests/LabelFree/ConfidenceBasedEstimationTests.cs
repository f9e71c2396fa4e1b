using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.LabelFree;
using CsCheck;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class ConfidenceBasedEstimationTests
{
    [Fact]
    public void Isotonic_by_hand()
    {
        // 0.1 miss; 0.2 hit and 0.3 miss violate and pool to ½; 0.4 hit. Straight lines between the blocks.
        var fit = new IsotonicFit([0.3, 0.1, 0.4, 0.2], [false, false, true, true]);
        fit.At(0).ShouldBe(0);
        fit.At(0.15).ShouldBe(0.25, 1e-12);
        fit.At(0.25).ShouldBe(0.5);
        fit.At(0.35).ShouldBe(0.75, 1e-12);
        fit.At(2).ShouldBe(1);
    }

    [Fact]
    public void Isotonic_is_the_max_of_mins_of_means() =>
        Gen.Select(Gen.Int[0, 8].Select(i => i / 8.0), Gen.Bool).Array[1, 25].Sample(rows =>
        {
            // Robertson, Wright and Dykstra 1988: value at s = max over a ≤ s of min over b ≥ s of the mean within [a, b].
            var fit = new IsotonicFit([.. rows.Select(r => r.Item1)], [.. rows.Select(r => r.Item2)]);
            var scores = rows.Select(r => r.Item1).Distinct().ToArray();
            foreach (var s in scores)
            {
                var expected = scores.Where(a => a <= s).Max(a => scores.Where(b => b >= s).Min(
                    b => rows.Where(r => r.Item1 >= a && r.Item1 <= b).Average(r => r.Item2 ? 1.0 : 0)));
                fit.At(s).ShouldBe(expected, 1e-12);
            }
        });

    [Fact]
    public void A_calibrated_class_is_left_alone_and_a_distorted_one_is_not()
    {
        var random = new Random(7);
        var truth = Enumerable.Range(0, 4_000).Select(_ => random.NextDouble()).ToArray();
        var hits = truth.Select(p => random.NextDouble() < p).ToArray();
        var fit = ClassCalibration.Fit([.. truth.Select(p => p * p)], hits);
        fit.ShouldNotBeNull();
        fit.At(0.25).ShouldBe(0.5, 0.1);

        // Where the score is a constant that is right already, the isotonic fit can only repeat it.
        ClassCalibration.Fit([0.5, 0.5, 0.5, 0.5], [true, false, true, false]).ShouldBeNull();
    }

    [Fact]
    public void A_class_that_separates_or_has_one_outcome_is_left_alone()
    {
        // AUROC 1 with scores far off as probabilities; calibrating would lower the error.
        double[] scores = [.. Enumerable.Range(0, 100).Select(i => i < 50 ? 0.30 + (i * 1e-4) : 0.40 + (i * 1e-4))];
        ClassCalibration.Fit(scores, [.. Enumerable.Range(0, 100).Select(i => i >= 50)]).ShouldBeNull();
        ClassCalibration.Fit(scores, new bool[100]).ShouldBeNull();
        ClassCalibration.Fit([0.1, 0.2, 0.3], [true, false, false]).ShouldBeNull();

        // Two hits below two misses, four of 2,500 pairs: 0.9984 is no separation any more.
        ClassCalibration.Fit(scores, [.. Enumerable.Range(0, 100).Select(i => i >= 50 ? i >= 52 : i >= 48)]).ShouldNotBeNull();
    }

    [Fact]
    public void Cbpe_by_hand()
    {
        // Both classes say 0.9 where 0.6 is true, 30 rows each way: calibrated to 0.6 for the predicted class and 0.4 for the other.
        var p = Some.Binary([.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? 0.9f : 0.1f)]);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 10 < 6 ? i % 2 : 1 - (i % 2))];
        var estimator = new ConfidenceBasedEstimation(new LabelledReference(new ReferenceSet(p, labels, 2)));

        estimator.Estimate(Some.Window(0.9f, 0.1f, 0.9f))!.Value.ShouldBe(0.6, 1e-6);
    }

    [Fact]
    public void Cbpe_rows_that_are_calibrated_to_nothing_count_as_uniform()
    {
        // Every class is never right up to 0.3, half the time at 0.5 and always at 0.7, so four small probabilities are calibrated to 0.
        var (p, labels) = (new List<float>(), new List<int>());
        for (var i = 0; i < 640; i++)
        {
            var (first, round) = (i % 4, i / 4);
            var even = round % 2 == 0;
            for (var k = 0; k < 4; k++)
            {
                p.Add(k == first ? even ? 0.5f : 0.7f : k == (first + 1) % 4 ? even ? 0.5f : 0.3f : 0);
            }

            labels.Add(round % 4 == 0 ? (first + 1) % 4 : first);
        }

        var estimator = new ConfidenceBasedEstimation(new LabelledReference(new ReferenceSet([.. p], [.. labels], 4)));
        estimator.Estimate(new SoftmaxOutputs([0.7f, 0.3f, 0, 0], 4))!.Value.ShouldBe(1, 1e-9);
        estimator.Estimate(new SoftmaxOutputs([0.25f, 0.25f, 0.25f, 0.25f], 4))!.Value.ShouldBe(1.0 / 4, 1e-12);
    }

    [Fact]
    public void Cbpe_keeps_the_class_that_the_model_answered()
    {
        // Class 0 is wrong whenever it leads by a little: calibrated it falls below class 1, but the answer was class 0.
        (float, int)[] rows = [(0.55f, 1), (0.95f, 0), (0.05f, 1)];
        var all = Enumerable.Repeat(rows, 100).SelectMany(r => r).ToArray();
        all[0].Item2 = 0;
        all[2].Item2 = 0;
        var reference = new LabelledReference(new ReferenceSet(Some.Binary([.. all.Select(r => r.Item1)]), [.. all.Select(r => r.Item2)], 2));
        new ConfidenceBasedEstimation(reference).Estimate(Some.Window(0.55f))!.Value.ShouldBeLessThan(0.1);
    }
}
