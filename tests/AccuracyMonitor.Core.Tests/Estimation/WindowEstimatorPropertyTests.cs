using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class WindowEstimatorPropertyTests
{
    private static readonly EstimatorOptions NoGuards = new() { MinSamples = 1, MinLabels = 1 };

    private static readonly Gen<double> Score = Gen.Frequency((1, Gen.Const(0.0)), (1, Gen.Const(1.0)), (6, Gen.Double[0, 1]));

    private static readonly Gen<LabelPoint> Label = Gen.Select(
        Score, Gen.Frequency((1, Gen.Const(1.0)), (6, Gen.Double[-9, 0].Select(x => Math.Exp(x)))), Gen.Bool, (g, pi, y) => new LabelPoint(g, pi, y));

    private static readonly Gen<Bucket> Bucket = Gen.Select(
        Gen.Int[0, 40].SelectMany(n => Score.Array[n]), Gen.Int[0, 30].SelectMany(n => Label.Array[n]), (g, l) => WindowEstimatorTests.BucketOf(g, l));

    [SimulationFact]
    public void Whatever_the_labels_an_estimate_is_ordered_and_between_0_and_1() =>
        Gen.Select(Bucket.Array[0, 12], Gen.Double[0.001, 0.5]).Sample(
            (buckets, alpha) =>
            {
                var estimate = WindowEstimator.Estimate(buckets, true, NoGuards with { Alpha = alpha });
                estimate.Lambda.ShouldBeInRange(0, 1);
                foreach (var one in new[] { estimate.LabelFree, estimate.Labelled, estimate.Audited })
                {
                    if (one.State == EstimateState.Ok)
                    {
                        one.Lower.ShouldBeInRange(0, one.Value);
                        one.Upper.ShouldBeInRange(one.Value, 1);
                        one.Value.ShouldBeInRange(0, 1);
                        double.IsFinite(one.EffectiveSamples).ShouldBeTrue();
                        one.EffectiveSamples.ShouldBeGreaterThan(0);
                    }
                    else
                    {
                        one.Value.ShouldBe(double.NaN);
                    }
                }
            },
            iter: 3000,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void A_smaller_error_level_never_narrows_the_interval() =>
        Bucket.Sample(
            bucket =>
            {
                var wide = WindowEstimator.Estimate([bucket], true, NoGuards with { Alpha = 0.01 }).Audited;
                var narrow = WindowEstimator.Estimate([bucket], true, NoGuards with { Alpha = 0.2 }).Audited;
                if (wide.State == EstimateState.Ok)
                {
                    wide.Lower.ShouldBeLessThanOrEqualTo(narrow.Lower + 1e-12);
                    wide.Upper.ShouldBeGreaterThanOrEqualTo(narrow.Upper - 1e-12);
                }
            },
            iter: 2000,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Within_one_stratum_it_does_not_matter_how_time_is_cut_into_buckets() =>
        Gen.Select(Label.Array[1, WindowMoments.LabelsPerStratum - 1], Score.Array[1, 60], Gen.Int[1, 5]).Sample(
            (labels, scores, parts) =>
            {
                var whole = WindowEstimator.Estimate([WindowEstimatorTests.BucketOf(scores, labels)], true, NoGuards);
                var cut = Enumerable.Range(0, parts).Select(p => WindowEstimatorTests.BucketOf(
                    scores.Where((_, i) => i * parts / scores.Length == p).ToArray(),
                    labels.Where((_, i) => i % Math.Min(parts, scores.Length) * parts / Math.Min(parts, scores.Length) == p).ToArray(),
                    p)).Where(b => b.Predictions.Count > 0).ToArray();
                var pieces = WindowEstimator.Estimate(cut, true, NoGuards);
                if (pieces.Labels == whole.Labels)
                {
                    pieces.Audited.Value.ShouldBe(whole.Audited.Value, 1e-6);
                    pieces.Audited.Lower.ShouldBe(whole.Audited.Lower, 1e-4);
                    pieces.Audited.Upper.ShouldBe(whole.Audited.Upper, 1e-4);
                    pieces.LabelFree.Value.ShouldBe(whole.LabelFree.Value, 1e-9);
                }
            },
            iter: 2000,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void A_label_taken_back_leaves_the_estimate_as_it_was() =>
        Gen.Select(Label.Array[1, 30], Label, Score.Array[1, 30]).Sample(
            (labels, extra, scores) =>
            {
                // Weights within a factor of a hundred, as the sampler gives them; beyond, the squares lose the digits λ is made of.
                labels = [.. labels.Select(l => l with { InclusionProbability = Math.Max(0.01, l.InclusionProbability) })];
                extra = extra with { InclusionProbability = Math.Max(0.01, extra.InclusionProbability) };
                var bucket = WindowEstimatorTests.BucketOf(scores, labels);
                var sums = bucket.Labels;
                sums.Add(extra);
                sums.Remove(extra);

                var before = WindowEstimator.Estimate([bucket], true, NoGuards).Audited;
                var after = WindowEstimator.Estimate([bucket with { Labels = sums }], true, NoGuards).Audited;

                after.Value.ShouldBe(before.Value, 1e-6);
                after.Lower.ShouldBe(before.Lower, 1e-4);
                after.Upper.ShouldBe(before.Upper, 1e-4);
            },
            iter: 2000,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void A_label_that_says_right_instead_of_wrong_never_lowers_the_labelled_estimate() =>
        Gen.Select(Label.Array[1, 30], Score.Array[1, 30], Gen.Int[0, 29]).Sample(
            (labels, scores, which) =>
            {
                var i = which % labels.Length;
                var wrong = labels.Select((l, j) => j == i ? l with { Correct = false } : l).ToArray();
                var right = labels.Select((l, j) => j == i ? l with { Correct = true } : l).ToArray();
                var low = WindowEstimator.Estimate([WindowEstimatorTests.BucketOf(scores, wrong)], true, NoGuards).Labelled.Value;
                var high = WindowEstimator.Estimate([WindowEstimatorTests.BucketOf(scores, right)], true, NoGuards).Labelled.Value;
                high.ShouldBeGreaterThanOrEqualTo(low - 1e-12);
            },
            iter: 1000,
            threads: 1,
            seed: "0N0XIzNsQ0O2");
}
