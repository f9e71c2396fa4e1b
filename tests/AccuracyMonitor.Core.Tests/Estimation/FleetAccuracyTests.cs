using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Estimation;

public sealed class FleetAccuracyTests
{
    private const double Alpha = 0.05;

    private static readonly Gen<LabelPoint[]> Labels =
        Gen.Select(Gen.Double[0, 1], Gen.Double[0.001, 1], Gen.Bool, (g, pi, correct) => new LabelPoint(g, pi, correct)).Array[1, 200];

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void Uniform_labels_and_a_score_that_says_nothing_give_wilsons_interval(double accuracy)
    {
        const int Count = 20_000;
        var sums = default(LabelSums);
        for (var i = 0; i < Count; i++)
        {
            sums.Add(new LabelPoint(0.7, 1e-4, i < accuracy * Count));
        }

        var estimate = FleetAccuracy.Estimate(Count / 1e-4, 0.7 * Count / 1e-4, sums, Alpha);

        var wilson = BinomialInterval.Wilson(accuracy * Count, Count, Alpha);
        estimate.Value.ShouldBe(accuracy, 1e-9);
        estimate.Lower.ShouldBe(wilson.Lower, 1e-3 * wilson.Width);
        estimate.Upper.ShouldBe(wilson.Upper, 1e-3 * wilson.Width);
        estimate.EffectiveSamples.ShouldBe(Count, 0.001 * Count);
    }

    [Fact]
    public void With_every_label_right_unseen_errors_are_still_possible()
    {
        var sums = default(LabelSums);
        for (var i = 0; i < 50; i++)
        {
            sums.Add(new LabelPoint(0.9, 0.01, Correct: true));
        }

        var estimate = FleetAccuracy.Estimate(5000, 4500, sums, Alpha);

        estimate.Upper.ShouldBe(1, 1e-12);
        estimate.Lower.ShouldBeInRange(0.85, 0.95);
    }

    [Fact]
    public void Whatever_the_labels_the_bounds_enclose_the_value_within_0_and_1() => Labels.Sample(labels =>
    {
        var estimate = FleetAccuracy.Estimate(10_000, 6000, Sum(labels), Alpha);
        if (estimate.State == EstimateState.Ok)
        {
            estimate.Lower.ShouldBeInRange(0, estimate.Value);
            estimate.Upper.ShouldBeInRange(estimate.Value, 1);
            var surer = FleetAccuracy.Estimate(10_000, 6000, Sum(labels), 0.001);
            surer.Lower.ShouldBeLessThanOrEqualTo(estimate.Lower);
            surer.Upper.ShouldBeGreaterThanOrEqualTo(estimate.Upper);
        }
        else
        {
            estimate.State.ShouldBe(EstimateState.InsufficientLabels);
        }
    });

    /// <summary>One stratum, one window: the same number, and never a narrower interval on the side where errors hide.</summary>
    [Fact]
    public void The_value_is_that_of_the_audited_estimate() => Labels.Sample(labels =>
    {
        var sums = Sum(labels);
        var fleet = FleetAccuracy.Estimate(10_000, 6000, sums, Alpha);
        if (fleet.State == EstimateState.Ok)
        {
            var window = AuditedAccuracy.Estimate(EstimateKind.Audited, WindowMoments.Of(10_000, 0.6, sums), AuditedAccuracy.Lambda(sums), Alpha);
            fleet.Value.ShouldBe(window.Value, 1e-9);
        }
    });

    /// <summary>The bounds by bisection of (θ̂−t)² = z²·V(t), with t of Abramowitz and Stegun 26.7.5.</summary>
    [Fact]
    public void Bounds_are_where_the_squared_distance_is_that_of_the_variance()
    {
        const double Z = 1.959963984540054;
        var random = new Random(6);
        for (var run = 0; run < 100; run++)
        {
            var sums = Sum([.. Enumerable.Range(0, 12 + random.Next(60)).Select(_ =>
                new LabelPoint(random.NextDouble(), 0.05 + (0.1 * random.NextDouble()), random.NextDouble() < 0.7))]);
            var estimate = FleetAccuracy.Estimate(10_000, 6000, sums, Alpha);

            var lambda = AuditedAccuracy.Lambda(sums);
            var residual = (sums.WY - (lambda * sums.WG)) / sums.W;
            var spread = new WeightedResiduals(sums, lambda, residual);
            estimate.Value.ShouldBe((lambda * 0.6) + residual, 1e-12);
            estimate.EffectiveSamples.ShouldBe(estimate.Value * (1 - estimate.Value) / spread.Variance, 1e-9);
            (estimate.Value - estimate.Lower).ShouldBe(Distance(estimate.Value, spread), 1e-9, $"run {run}");
            (estimate.Upper - estimate.Value).ShouldBe(Distance(1 - estimate.Value, spread), 1e-9, $"run {run}");
        }

        static double Distance(double room, WeightedResiduals spread)
        {
            var v = spread.KishSize - 2;
            var t = Z + ((Math.Pow(Z, 3) + Z) / (4 * v)) + (((5 * Math.Pow(Z, 5)) + (16 * Math.Pow(Z, 3)) + (3 * Z)) / (96 * v * v));
            var variance = spread.Variance * (t / Z) * (t / Z) * (1 + (2 / v));
            var (low, high) = (0.0, room);
            for (var i = 0; i < 60; i++)
            {
                var d = (low + high) / 2;
                var kept = 1 - (d / room);
                (low, high) = d * d < Z * Z * kept * ((kept * variance) + (spread.LabelShare * d)) ? (d, high) : (low, d);
            }

            return low;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.501)]
    [InlineData(double.NaN)]
    public void A_level_out_of_range_is_refused(double alpha) =>
        Should.Throw<ArgumentOutOfRangeException>(() => FleetAccuracy.Estimate(500, 400, default, alpha)).ParamName.ShouldBe("alpha");

    [Fact]
    public void Just_enough_of_both_gives_an_estimate_at_the_largest_level() =>
        FleetAccuracy.Estimate(50, 40, Sum([.. Enumerable.Repeat(new LabelPoint(0.5, 0.5, true), 10)]), 0.5).State.ShouldBe(EstimateState.Ok);

    [Fact]
    public void Too_little_of_either_is_said()
    {
        FleetAccuracy.Estimate(49, 40, Sum([.. Enumerable.Repeat(new LabelPoint(0.9, 0.5, true), 20)]), Alpha)
            .State.ShouldBe(EstimateState.InsufficientSamples);
        FleetAccuracy.Estimate(500, 400, Sum([.. Enumerable.Repeat(new LabelPoint(0.9, 0.5, true), 9)]), Alpha)
            .State.ShouldBe(EstimateState.InsufficientLabels);
        FleetAccuracy.Estimate(500, 400, default, Alpha).State.ShouldBe(EstimateState.InsufficientLabels);
    }

    private static LabelSums Sum(LabelPoint[] labels)
    {
        var sums = default(LabelSums);
        foreach (var label in labels)
        {
            sums.Add(label);
        }

        return sums;
    }
}
