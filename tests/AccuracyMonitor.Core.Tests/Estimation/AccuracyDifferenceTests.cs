using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Sampling;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class AccuracyDifferenceTests
{
    private const int Windows = 400;
    private const int Predictions = 2000;

    // Newcombe 1998, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17, table II, method 10.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void Between_WilsonIntervals_GivesThePublishedBounds(int a, int m, int b, int n, double lower, double upper)
    {
        var difference = AccuracyDifference.Between(BinomialInterval.Wilson(a, m, 0.05), BinomialInterval.Wilson(b, n, 0.05));

        difference.Value.ShouldBe(((double)a / m) - ((double)b / n), 1e-12);
        difference.Lower.ShouldBe(lower, 6e-5);
        difference.Upper.ShouldBe(upper, 6e-5);
    }

    [Fact]
    public void Between_Exchanged_IsTheOppositeNumber()
    {
        var one = new Interval(0.9, 0.8, 0.95);
        var two = new Interval(0.7, 0.5, 0.8);

        var difference = AccuracyDifference.Between(one, two);
        var opposite = AccuracyDifference.Between(two, one);

        (opposite.Value, opposite.Lower, opposite.Upper).ShouldBe((-difference.Value, -difference.Upper, -difference.Lower));
    }

    [Fact]
    public void Between_NotAnInterval_NamesIt() =>
        Should.Throw<ArgumentOutOfRangeException>(() => AccuracyDifference.Between(new Interval(0.9, 0.8, 1), new Interval(0.5, 0.6, 0.7)))
            .ParamName.ShouldBe("baseline");

    [Theory]
    [InlineData(0.5, -0.1, 0.6)]
    [InlineData(0.5, 0.4, 1.1)]
    [InlineData(0.5, 0.6, 0.7)]
    [InlineData(0.5, 0.3, 0.4)]
    [InlineData(double.NaN, 0.3, 0.4)]
    public void Between_BoundsOutOfOrder_AreRefused(double value, double lower, double upper) =>
        Should.Throw<ArgumentOutOfRangeException>(() => AccuracyDifference.Between(new Interval(value, lower, upper), new Interval(0.5, 0.4, 0.6)))
            .ParamName.ShouldBe("candidate");

    [Fact]
    public void Between_CertainlyRightAndCertainlyWrong_IsOneWithoutDoubt() =>
        AccuracyDifference.Between(new Interval(1, 1, 1), new Interval(0, 0, 0)).ShouldBe(new Interval(1, 1, 1));

    /// <summary>Audited intervals of two versions, labels by the mixed policy, from few labels on and up to accuracies near 1.</summary>
    [SimulationTheory]
    [InlineData(30, 30, 1.0, 1.0)]
    [InlineData(50, 50, 1.0, 0.9)]
    [InlineData(100, 20, 1.0, 0.98)]
    [InlineData(200, 50, 0.95, 0.8)]
    [InlineData(50, 50, 0.6, 0.6)]
    public void Between_AuditedIntervals_HoldsTheDifferenceOfTheWindowsAccuracies(int labels, int baselineLabels, double kept, double baselineKept)
    {
        var candidate = Source(labels, kept, 1);
        var baseline = Source(baselineLabels, baselineKept, 2);
        var held = 0;
        for (var i = 0; i < Windows; i++)
        {
            var (one, accuracy) = candidate.Draw(Predictions);
            var (two, baselineAccuracy) = baseline.Draw(Predictions);
            held += AccuracyDifference.Between(Audited(one), Audited(two)).Contains(accuracy - baselineAccuracy) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{labels} and {baselineLabels} labels, {kept} and {baselineKept}: {(double)held / Windows:P1}");
        Binomial.CDF(0.93, Windows, held).ShouldBeGreaterThan(1e-3, "95 % may be 93 %");
    }

    private static Interval Audited(Core.Windows.Bucket[] buckets)
    {
        var audited = WindowEstimator.Estimate(buckets, true, new EstimatorOptions { MinLabels = 1 }).Audited;
        return new Interval(audited.Value, audited.Lower, audited.Upper);
    }

    private static SyntheticWindow Source(int labels, double kept, int seed) =>
        new(new Population($"{kept} kept", Population.Sharp, g => kept * g), new SamplerOptions { Budget = (double)labels / Predictions }, seed);
}
