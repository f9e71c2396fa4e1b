using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class YardstickTests
{
    private const double Z = 1.959963984540054;

    // Four predictions, the first and the last chosen, each with probability a half.
    private static readonly double[] Scores = [0.9, 0.8, 0.6, 0.5];
    private static readonly LabelPoint[] Labels = [new(0.9, 0.5, true), new(0.5, 0.5, false)];

    [Fact]
    public void Horvitz_Thompson_by_hand()
    {
        // z = 2, 0, 0, 0: mean 0.5, variance 4/4 − 0.25 = 0.75, of the mean 0.1875.
        var interval = HorvitzThompson.Estimate(4, Labels, 0.05);

        interval.Value.ShouldBe(0.5);
        interval.Lower.ShouldBe(0);
        interval.Upper.ShouldBe(1);
        HorvitzThompson.Estimate(4, Labels, 0.5).Upper.ShouldBe(0.5 + (0.6744897501960817 * Math.Sqrt(0.1875)), 1e-9);
    }

    [Fact]
    public void Aipw_by_hand()
    {
        // With λ = 1: z = 0.9 + 2·0.1, 0.8, 0.6, 0.5 − 2·0.5 = 1.1, 0.8, 0.6, −0.5; mean 0.5; mean of squares (1.21+0.64+0.36+0.25)/4.
        var interval = Aipw.Estimate(ScoreMoments.Of(Scores), Labels, 0.5, lambda: 1);

        interval.Value.ShouldBe(0.5, 1e-12);
        interval.Upper.ShouldBe(0.5 + (0.6744897501960817 * Math.Sqrt((0.615 - 0.25) / 4)), 1e-9);
    }

    [Fact]
    public void Aipw_tunes_lambda_to_the_least_variance()
    {
        var moments = ScoreMoments.Of(Scores);
        var tuned = Aipw.Estimate(moments, Labels, 0.5).Width;
        for (var lambda = 0.0; lambda <= 1; lambda += 0.05)
        {
            Aipw.Estimate(moments, Labels, 0.5, lambda).Width.ShouldBeGreaterThanOrEqualTo(tuned - 1e-9);
        }
    }

    [Fact]
    public void Ppi_plus_plus_by_hand()
    {
        // y = 0.5, ḡ of the labelled 0.7 and of the others 0.7: no correction. λ = 1: var(y−g) = (0.1² + 0.5²)/2 − 0.2² = 0.09; /2, and 0.01/2.
        var interval = PpiPlusPlus.Estimate(ScoreMoments.Of([0.8, 0.6]), Labels, 0.5, lambda: 1);

        interval.Value.ShouldBe(0.5, 1e-12);
        interval.Upper.ShouldBe(0.5 + (0.6744897501960817 * Math.Sqrt(0.045 + 0.005)), 1e-9);
    }

    [Fact]
    public void Ppi_plus_plus_without_a_second_label_says_nothing()
    {
        var none = PpiPlusPlus.Estimate(ScoreMoments.Of(Scores), [], 0.05);
        none.Value.ShouldBe(0.7, 1e-12);
        none.Width.ShouldBe(1);
        PpiPlusPlus.Estimate(ScoreMoments.Of(Scores), Labels.AsSpan(0, 1), 0.05).ShouldBe(new Interval(1, 0, 1));
    }

    [Fact]
    public void Ppi_plus_plus_clips_the_lambda_that_it_tunes_to_0_and_1()
    {
        // Scores that rank the wrong way round: λ = 0, the labels' own mean. Scores too close together: the tuned λ would be 4.
        LabelPoint[] backwards = [new(0.9, 0.5, false), new(0.5, 0.5, true)];
        PpiPlusPlus.Estimate(ScoreMoments.Of(Scores), backwards, 0.05).Value.ShouldBe(0.5, 1e-12);
        LabelPoint[] close = [new(0.6, 0.5, true), new(0.4, 0.5, false)];
        double[] others = [0.7, 0.5, 0.7, 0.5];
        PpiPlusPlus.Estimate(ScoreMoments.Of(others), close, 0.05)
            .ShouldBe(PpiPlusPlus.Estimate(ScoreMoments.Of(others), close, 0.05, lambda: 1));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.4)]
    public void Ppi_plus_plus_keeps_its_other_arguments_where_it_tunes_lambda(double alpha)
    {
        // A published version loses one of them (the side of the test) when it calls itself with the tuned λ; ours has two sides always.
        var random = new Random(4);
        LabelPoint[] labels = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble()).Select(g => new LabelPoint(g, 0.1, random.NextDouble() < g))];
        var moments = ScoreMoments.Of([.. Enumerable.Range(0, 600).Select(_ => random.NextDouble())]);
        var tuned = PpiPlusPlus.Estimate(moments, labels, alpha);
        var half = Normal.InvCDF(0, 1, 1 - (alpha / 2));
        var reference = PpiPlusPlus.Estimate(moments, labels, 0.2);

        (tuned.Upper - tuned.Value).ShouldBe(tuned.Value - tuned.Lower, 1e-12);
        tuned.Value.ShouldBe(reference.Value, 1e-12);
        (tuned.Width / half).ShouldBe(reference.Width / Normal.InvCDF(0, 1, 0.9), 1e-9);
    }

    [Fact]
    public void Stratified_weights_each_stratum_by_its_size()
    {
        var interval = Stratified.Estimate([new(900, 10, 9), new(100, 10, 4)], 0.05);

        interval.Value.ShouldBe((0.9 * 0.9) + (0.1 * 0.4), 1e-12);
        var variance = (0.81 * (10.0 / 12) * (2.0 / 12) / 10) + (0.01 * (5.0 / 12) * (7.0 / 12) / 10);
        var wilson = BinomialInterval.Wilson(0.85 * (0.85 * 0.15 / variance), 0.85 * 0.15 / variance, 0.05);
        interval.Lower.ShouldBe(wilson.Lower, 1e-12);
        interval.Upper.ShouldBe(wilson.Upper, 1e-12);
    }

    [Fact]
    public void A_stratum_without_a_label_counts_with_the_mean_of_all()
    {
        Stratified.Estimate([new(50, 10, 8), new(50, 0, 0)], 0.05).Value.ShouldBe(0.8, 1e-12);
        Stratified.Estimate([new(50, 0, 0)], 0.05).ShouldBe(new Interval(0.5, 0, 1));
    }

    [Fact]
    public void Allocation_follows_size_and_uncertainty_with_a_floor()
    {
        // Half by size 90:10, half by N·√(g(1−g)) = 0.995·900·… : 89.5 against 50.
        var allocation = Stratified.Allocate([900, 100], [0.99, 0.5], 100);

        var spread = new[] { 900 * Math.Sqrt(0.99 * 0.01), 100 * 0.5 };
        allocation[0].ShouldBe((int)Math.Round(45 + (50 * spread[0] / spread.Sum())));
        allocation[1].ShouldBe((int)Math.Round(5 + (50 * spread[1] / spread.Sum())));
        Stratified.Allocate([1000, 1], [1, 1], 10).ShouldBe([10, 1]);
    }

    [SimulationTheory]
    [InlineData(0.2)]
    [InlineData(0.05)]
    public void On_broad_scores_and_many_labels_the_papers_intervals_hold(double alpha)
    {
        const int Runs = 500;
        const int N = 2000;
        var random = new Random(11);
        var held = new int[4];
        var scores = new double[N];
        for (var run = 0; run < Runs; run++)
        {
            var chosen = new List<LabelPoint>();
            var uniform = new List<LabelPoint>();
            var right = 0;
            for (var i = 0; i < N; i++)
            {
                var g = scores[i] = Population.Broad(random);
                var isRight = random.NextDouble() < g;
                right += isRight ? 1 : 0;
                var pi = 0.05 + (0.1 * (1 - g));
                if (random.NextDouble() < pi)
                {
                    chosen.Add(new LabelPoint(g, pi, isRight));
                }

                if (random.NextDouble() < 0.1)
                {
                    uniform.Add(new LabelPoint(g, 0.1, isRight));
                }
            }

            var moments = ScoreMoments.Of(scores);
            Interval[] intervals =
            [
                HorvitzThompson.Estimate(N, chosen.ToArray(), alpha),
                Aipw.Estimate(moments, chosen.ToArray(), alpha),
                PpiPlusPlus.Estimate(moments, uniform.ToArray(), alpha),
                BinomialInterval.Wilson(uniform.Count(l => l.Correct), uniform.Count, alpha),
            ];
            for (var m = 0; m < intervals.Length; m++)
            {
                held[m] += intervals[m].Contains((double)right / N) ? 1 : 0;
            }
        }

        // Two points of slack for the normal approximation, and three standard errors of the simulation.
        var least = Runs * (1 - alpha - 0.02 - (3 * Math.Sqrt(alpha * (1 - alpha) / Runs)));
        held.ShouldAllBe(h => h >= least, string.Join(", ", held));
    }

    [Fact]
    public void Ppi_plus_plus_tunes_lambda_by_the_formula_of_the_paper()
    {
        var random = new Random(4);
        LabelPoint[] labels = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())
            .Select(g => new LabelPoint(g, 0.1, random.NextDouble() < 0.3 + (0.5 * g)))];
        double[] scores = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble())];
        var g = labels.Average(l => l.Score);
        var y = labels.Average(l => l.Correct ? 1.0 : 0);
        var covariance = labels.Average(l => (l.Score - g) * ((l.Correct ? 1 : 0) - y));
        var others = scores.Average();
        var pooled = (labels.Sum(l => (l.Score - g) * (l.Score - g)) + scores.Sum(s => (s - others) * (s - others))) / 140;
        var lambda = covariance / (1.4 * pooled);

        lambda.ShouldBeInRange(0.1, 0.9);
        var tuned = PpiPlusPlus.Estimate(ScoreMoments.Of(scores), labels, 0.05);
        var given = PpiPlusPlus.Estimate(ScoreMoments.Of(scores), labels, 0.05, lambda);
        tuned.Value.ShouldBe(given.Value, 1e-12);
        tuned.Lower.ShouldBe(given.Lower, 1e-12);
        tuned.Value.ShouldBe(y + (lambda * (others - g)), 1e-12);
    }

    /// <summary>z = λg + ξ(y−λg)/π of every prediction, written out.</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(null)]
    public void Aipw_is_the_mean_of_the_augmented_outcomes(double? lambda)
    {
        var random = new Random(9);
        var scores = Enumerable.Range(0, 40).Select(_ => random.NextDouble()).ToArray();
        var labels = scores.Where((_, i) => i % 3 == 0).Select(g => new LabelPoint(g, 0.2 + (0.5 * random.NextDouble()), random.NextDouble() < 0.1 + (0.3 * g)))
            .ToArray();
        double[] a = [.. labels.Select(l => l.Score * ((1 / l.InclusionProbability) - 1)), .. scores.Where((_, i) => i % 3 != 0).Select(g => -g)];
        double[] b = [.. labels.Select(l => l.Correct ? 1 / l.InclusionProbability : 0), .. new double[scores.Length - labels.Length]];
        double Covariance(double[] x, double[] y) => x.Zip(y, (p, q) => (p - x.Average()) * (q - y.Average())).Average();
        var tuned = lambda ?? (Covariance(a, b) / Covariance(a, a));
        var z = a.Zip(b, (p, q) => q - (tuned * p)).ToArray();

        var interval = Aipw.Estimate(ScoreMoments.Of(scores), labels, 0.5, lambda);

        tuned.ShouldBeInRange(0.05, 0.95);
        interval.Value.ShouldBe(z.Average(), 1e-9);
        interval.Upper.ShouldBe(z.Average() + (0.6744897501960817 * Math.Sqrt(Covariance(z, z) / scores.Length)), 1e-9);
    }

    [Fact]
    public void Ppi_plus_plus_with_a_given_lambda_has_the_variance_of_the_papers()
    {
        const double Lambda = 0.3;
        LabelPoint[] labels = [new(0.9, 0.5, true), new(0.5, 0.5, false), new(0.7, 0.5, true), new(0.2, 0.5, false)];
        double[] scores = [0.8, 0.6, 0.9, 0.1, 0.7];
        var residuals = labels.Select(l => (l.Correct ? 1 : 0) - (Lambda * l.Score)).ToArray();
        double Variance(double[] x) => x.Average(v => (v - x.Average()) * (v - x.Average()));

        var interval = PpiPlusPlus.Estimate(ScoreMoments.Of(scores), labels, 0.5, Lambda);

        var value = residuals.Average() + (Lambda * scores.Average());
        interval.Value.ShouldBe(value, 1e-12);
        interval.Upper.ShouldBe(value + (0.6744897501960817 * Math.Sqrt((Variance(residuals) / 4) + (Lambda * Lambda * Variance(scores) / 5))), 1e-9);
    }

    [Fact]
    public void Ppi_plus_plus_with_one_wrong_label_says_nothing() =>
        PpiPlusPlus.Estimate(ScoreMoments.Of(Scores), Labels.AsSpan(1), 0.05).ShouldBe(new Interval(0, 0, 1));

    [Fact]
    public void Without_predictions_the_yardsticks_refuse()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => HorvitzThompson.Estimate(0, Labels, 0.05));
        Should.Throw<ArgumentOutOfRangeException>(() => Aipw.Estimate(ScoreMoments.Of([]), Labels, 0.05));
        Should.Throw<ArgumentOutOfRangeException>(() => PpiPlusPlus.Estimate(ScoreMoments.Of([]), Labels, 0.05));
        Should.Throw<ArgumentOutOfRangeException>(() => Stratified.Estimate([new(0, 0, 0)], 0.05));
    }

    [Fact]
    public void Scores_that_are_all_equal_tune_lambda_to_0()
    {
        LabelPoint[] labels = [new(0, 0.5, true), new(0, 0.5, false)];
        Aipw.Estimate(ScoreMoments.Of([0, 0, 0, 0]), labels, 0.5).ShouldBe(HorvitzThompson.Estimate(4, labels, 0.5));
        PpiPlusPlus.Estimate(ScoreMoments.Of([0, 0]), labels, 0.5).Value.ShouldBe(0.5);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_floor_of_the_allocation_out_of_range_is_refused(double floor) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Stratified.Allocate([1], [0.5], 1, floor)).ParamName.ShouldBe("floor");

    [Fact]
    public void Allocation_by_size_alone_and_by_uncertainty_alone()
    {
        double[] means = [0.9, 0.5];
        Stratified.Allocate([900, 100], means, 100, floor: 1).ShouldBe([90, 10]);

        // 900·0.3 and 100·0.5.
        Stratified.Allocate([900, 100], means, 100, floor: 0).ShouldBe([84, 16]);
        Stratified.Allocate([900, 100], means, 0).ShouldBe([2, 2]);
        Stratified.Allocate([0, 0], means, 10).ShouldBe([0, 0]);
        Should.Throw<ArgumentOutOfRangeException>(() => Stratified.Allocate([1], means, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => Stratified.Allocate([1, 1], means, -1));
    }

    [Fact]
    public void Strata_that_are_all_right_have_wilsons_interval_of_all_labels()
    {
        var interval = Stratified.Estimate([new(50, 10, 10), new(50, 5, 5)], 0.05);
        interval.ShouldBe(BinomialInterval.Wilson(15, 15, 0.05));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_level_out_of_range_is_refused(double alpha) =>
        Should.Throw<ArgumentOutOfRangeException>(() => NormalInterval.Around(0.5, 0.01, alpha)).ParamName.ShouldBe("alpha");

    [Fact]
    public void A_variance_below_0_by_rounding_counts_as_0()
    {
        NormalInterval.Around(0.5, -1e-18, 0.05).ShouldBe(new Interval(0.5, 0.5, 0.5));
        new ScoreMoments(2, 1, 0.5 - 1e-16).Variance.ShouldBe(0);
    }

    [Fact]
    public void An_interval_contains_its_bounds()
    {
        var interval = new Interval(0.5, 0.4, 0.7);
        interval.Width.ShouldBe(0.3, 1e-12);
        interval.Contains(0.4).ShouldBeTrue();
        interval.Contains(0.7).ShouldBeTrue();
        interval.Contains(0.39).ShouldBeFalse();
        interval.Contains(0.71).ShouldBeFalse();
    }

    [Fact]
    public void Normal_intervals_are_cut_to_0_and_1()
    {
        NormalInterval.Around(1.2, 0.01, 0.05).ShouldBe(new Interval(1, 1, 1));
        NormalInterval.Around(0.99, 0.01, 0.05).Lower.ShouldBe(0.99 - (Z * 0.1), 1e-9);
    }
}
