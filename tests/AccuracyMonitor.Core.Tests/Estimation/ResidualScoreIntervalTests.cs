using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class ResidualScoreIntervalTests
{
    /// <summary>The bounds are found here by bisection of (θ̂−t)² = z²·V(t), instead of by the roots of the quadratic.</summary>
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void Around_labels_at_random_is_where_the_squared_distance_is_that_of_the_variance(double alpha)
    {
        var random = new Random(8);
        for (var run = 0; run < 300; run++)
        {
            var spread = Residuals(random);
            var value = 0.02 + (0.96 * random.NextDouble());

            var interval = ResidualScoreInterval.Around(value, spread, alpha);

            interval.Value.ShouldBe(value);
            interval.Lower.ShouldBe(value - Distance(value, -spread.ThirdCumulant, spread, alpha), 1e-7, $"run {run}");
            interval.Upper.ShouldBe(value + Distance(1 - value, spread.ThirdCumulant, spread, alpha), 1e-7, $"run {run}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Around_a_value_at_the_edge_reaches_to_one_side_only(double value)
    {
        var interval = ResidualScoreInterval.Around(value, Residuals(new Random(1)), 0.05);

        (value == 0 ? interval.Lower : interval.Upper).ShouldBe(value);
        interval.Width.ShouldBeGreaterThan(0);
    }

    private static WeightedResiduals Residuals(Random random)
    {
        var sums = default(LabelSums);
        for (var i = 3 + random.Next(40); i > 0; i--)
        {
            sums.Add(new LabelPoint(random.NextDouble(), 0.02 + (0.5 * random.NextDouble()), random.NextDouble() < 0.7));
        }

        var lambda = random.NextDouble();
        return new WeightedResiduals(sums, lambda, (sums.WY - (lambda * sums.WG)) / sums.W, random.Next(2) * 0.001);
    }

    private static double Distance(double room, double thirdCumulant, in WeightedResiduals spread, double alpha)
    {
        var z = Normal.InvCDF(0, 1, 1 - (alpha / 2));
        var degrees = Math.Max(1, spread.KishSize - 2);
        var widened = spread.Variance * Math.Pow(StudentT.InvCDF(0, 1, degrees, 1 - (alpha / 2)) / z, 2) * (1 + (2 / degrees));

        // Three tenths of an average outcome are added to the slope, and a falling variance is trusted with four tenths of it.
        var added = 0.3 * spread.LabelShare * spread.LabelShare;
        var slope = (thirdCumulant + (added * spread.LabelShare)) / (spread.Variance + added);
        var surprise = Math.Clamp(((slope < 0 ? 0.4 : 1) * slope) + (2 * spread.Variance / room), 0, 1.5 * spread.LabelShare);
        var (low, high) = (0.0, room);
        for (var i = 0; i < 60; i++)
        {
            var d = (low + high) / 2;
            var kept = 1 - (d / room);
            (low, high) = d * d < z * z * kept * ((kept * widened) + (surprise * d)) ? (d, high) : (low, d);
        }

        return low;
    }
}
