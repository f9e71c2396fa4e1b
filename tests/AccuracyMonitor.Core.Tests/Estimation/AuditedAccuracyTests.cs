using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Core.Tests.Recalibration;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class AuditedAccuracyTests
{
    private const int Classes = 4;

    [Fact]
    public void Lambda_is_the_regression_of_the_answers_on_the_scores_with_squared_weights()
    {
        var labels = Labels(new Random(4), 60);
        var w = labels.Select(l => 1 / l.InclusionProbability).ToArray();
        double Mean(Func<LabelPoint, double> f) => labels.Zip(w, (l, x) => f(l) * x).Sum() / w.Sum();
        var (g, y) = (Mean(l => l.Score), Mean(l => l.Correct ? 1 : 0));
        var covariance = labels.Zip(w, (l, x) => x * x * (l.Score - g) * ((l.Correct ? 1 : 0) - y)).Sum();
        var variance = labels.Zip(w, (l, x) => x * x * (l.Score - g) * (l.Score - g)).Sum();

        (covariance / variance).ShouldBeInRange(0.1, 0.9);
        AuditedAccuracy.Lambda(WindowEstimatorTests.SumsOf(labels)).ShouldBe(covariance / variance, 1e-9);
    }

    [Fact]
    public void Lambda_without_labels_or_with_equal_scores_is_0()
    {
        AuditedAccuracy.Lambda(default).ShouldBe(0);
        AuditedAccuracy.Lambda(WindowEstimatorTests.SumsOf([new(0.9, 0.1, true), new(0.9, 0.2, false)])).ShouldBe(0);
    }

    [Fact]
    public void Effective_samples_are_those_of_a_uniform_sample_with_the_same_variance()
    {
        var sums = WindowEstimatorTests.SumsOf(Labels(new Random(4), 60));
        var moments = WindowMoments.Of(10_000, 0.6, sums);

        var estimate = AuditedAccuracy.Estimate(EstimateKind.Audited, moments, 0.5, 0.05);

        var residual = (moments.Sums.WY - (0.5 * moments.Sums.WG)) / moments.Sums.W;
        estimate.Value.ShouldBe(0.3 + residual, 1e-12);
        var variance = new WeightedResiduals(moments.Sums, 0.5, residual).Variance;
        estimate.EffectiveSamples.ShouldBe(estimate.Value * (1 - estimate.Value) / variance, 1e-9);
    }

    // Nothing but right answers has no variance to compare with: Kish's size, (Σw)²/Σw².
    [Fact]
    public void Effective_samples_of_labels_that_are_all_right_are_kishs()
    {
        var sums = WindowEstimatorTests.SumsOf([new(0.9, 0.5, true), new(0.9, 0.25, true)]);
        AuditedAccuracy.Estimate(EstimateKind.Audited, WindowMoments.Of(600, 0.9, sums), 0, 0.05).EffectiveSamples.ShouldBe(36.0 / 20, 1e-12);
    }

    /// <summary>Heads that change nothing: the audited estimate of the scores as they are, with the error of the kept rows.</summary>
    [Fact]
    public void Cross_fitted_with_unchanged_heads_is_the_audited_estimate_of_the_scores()
    {
        var all = LabelledPredictions.Make(300, Classes, 3).Select((l, i) => l with { Weight = 5 + (i % 7) }).ToArray();
        var labels = all[..40];
        var population = Population(all);
        var heads = Enumerable.Repeat(RecalibrationHead.Identity, 5).ToArray();

        var estimate = CrossFitAipw.Estimate(population, labels, heads, 0.05);

        var sums = WindowEstimatorTests.SumsOf(labels.Select(
            l => new LabelPoint(RecalibrationHead.Identity.Score(l.MonitorLogit, l.Probabilities, l.PredictedClass), 1 / l.Weight, l.Correct)));
        var (mean, _, drawn) = population.ScoreMoments(RecalibrationHead.Identity);
        drawn.ShouldBeGreaterThan(0);
        var moments = WindowMoments.Of((long)population.Count, mean, sums);
        var expected = AuditedAccuracy.Estimate(EstimateKind.Audited, moments, AuditedAccuracy.Lambda(moments.Sums), 0.05, drawn);
        estimate.Value.ShouldBe(expected.Value, 1e-9);
        estimate.Lower.ShouldBe(expected.Lower, 1e-9);
        estimate.Upper.ShouldBe(expected.Upper, 1e-9);
        estimate.EffectiveSamples.ShouldBe(expected.EffectiveSamples, 1e-6);
    }

    [Fact]
    public void Recalibrated_is_wilsons_interval_with_the_variance_of_outcomes_rows_and_head()
    {
        var all = LabelledPredictions.Make(300, Classes, 3);
        var population = Population(all);
        var posterior = RecalibrationHeadFitter.FitPosterior(all[..60], Classes, new RecalibrationHeadOptions());

        var estimate = RecalibratedAccuracy.Estimate(population, posterior, 0.1);

        var (mean, outcomes, rows) = population.ScoreMoments(posterior.Head);
        var variance = (outcomes / population.Count) + rows + posterior.MeanScoreVariance(population);
        var effective = mean * (1 - mean) / variance;
        var wilson = BinomialInterval.Wilson(mean * effective, effective, 0.1);
        estimate.Kind.ShouldBe(EstimateKind.LabelFree);
        estimate.Value.ShouldBe(mean, 1e-12);
        estimate.Lower.ShouldBe(wilson.Lower, 1e-12);
        estimate.Upper.ShouldBe(wilson.Upper, 1e-12);
        estimate.EffectiveSamples.ShouldBe(effective, 1e-9 * effective);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1e-3, true)]
    [InlineData(0.5, true)]
    [InlineData(0.501, false)]
    [InlineData(double.NaN, false)]
    public void Levels_up_to_a_half_are_accepted(double alpha, bool accepted)
    {
        var all = LabelledPredictions.Make(100, Classes, 3);
        var population = Population(all);
        var posterior = RecalibrationHeadFitter.FitPosterior(all, Classes, new RecalibrationHeadOptions());
        Action[] estimates =
        [
            () => CrossFitAipw.Estimate(population, all, [RecalibrationHead.Identity, RecalibrationHead.Identity], alpha),
            () => RecalibratedAccuracy.Estimate(population, posterior, alpha),
        ];
        foreach (var estimate in estimates)
        {
            if (accepted)
            {
                Should.NotThrow(estimate);
            }
            else
            {
                Should.Throw<ArgumentOutOfRangeException>(estimate).Message.ShouldContain("it must be above 0 and at most 0.5");
            }
        }
    }

    // Scores of exactly 1 leave no doubt about outcomes; the reference set's error does not change that.
    [Fact]
    public void Label_free_with_certain_scores_is_as_sure_as_that_many_labels()
    {
        var bucket = WindowEstimatorTests.BucketOf([1, 1, 1, 1], []);
        var options = new EstimatorOptions { MinSamples = 1, LabelFreeReferenceStandardError = 0.01 };
        var estimate = WindowEstimator.Estimate([bucket], true, options).LabelFree;
        (estimate.Value, estimate.EffectiveSamples).ShouldBe((1, 4));
        estimate.Lower.ShouldBe(BinomialInterval.Wilson(4, 4, 0.05).Lower, 1e-12);
    }

    private static LabelPoint[] Labels(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => random.NextDouble())
            .Select(g => new LabelPoint(g, 0.02 + (0.3 * random.NextDouble()), random.NextDouble() < 0.4 + (0.3 * g))),
    ];

    private static WindowPopulation Population(LabelledPrediction[] all) => new(
        [.. all.SelectMany(s => s.Probabilities)], [.. all.Select(s => s.MonitorLogit)], [.. all.Select(s => s.PredictedClass)], Classes,
        [.. Enumerable.Repeat(10.0, all.Length)])
    { IsSample = true };
}
