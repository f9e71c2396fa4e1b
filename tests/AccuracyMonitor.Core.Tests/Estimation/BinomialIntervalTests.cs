using AccuracyMonitor.Core.Estimation;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class BinomialIntervalTests
{
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_gives_the_published_bounds(int successes, int count, double lower, double upper)
    {
        var interval = BinomialInterval.Wilson(successes, count, 0.05);

        interval.Lower.ShouldBe(lower, 5e-5);
        interval.Upper.ShouldBe(upper, 5e-5);
        interval.Value.ShouldBe((double)successes / count);
    }

    [Theory]
    [InlineData(81, 263, 0.2527, 0.3676)]
    [InlineData(15, 148, 0.0578, 0.1617)]
    [InlineData(0, 20, 0.0000, 0.1684)]
    [InlineData(1, 29, 0.0009, 0.1776)]
    public void Clopper_Pearson_gives_the_published_bounds(int successes, int count, double lower, double upper)
    {
        var interval = BinomialInterval.ClopperPearson(successes, count, 0.05);

        interval.Lower.ShouldBe(lower, 5e-5);
        interval.Upper.ShouldBe(upper, 5e-5);
    }

    [Theory]
    [InlineData(20, 0.05)]
    [InlineData(20, 0.2)]
    [InlineData(77, 0.01)]
    public void Clopper_Pearson_covers_at_least_its_level_for_every_proportion(int count, double alpha)
    {
        var intervals = Enumerable.Range(0, count + 1).Select(k => BinomialInterval.ClopperPearson(k, count, alpha)).ToArray();
        for (var p = 0.005; p < 1; p += 0.005)
        {
            var covered = Enumerable.Range(0, count + 1).Where(k => intervals[k].Contains(p)).Sum(k => Binomial.PMF(p, count, k));
            covered.ShouldBeGreaterThanOrEqualTo(1 - alpha - 1e-9, $"p = {p}");
        }
    }

    [Fact]
    public void No_label_says_nothing()
    {
        BinomialInterval.Wilson(0, 0, 0.05).ShouldBe(new Interval(0.5, 0, 1));
        BinomialInterval.ClopperPearson(0, 0, 0.05).ShouldBe(new Interval(0.5, 0, 1));
    }

    [Theory]
    [InlineData(-1, 5, 0.05)]
    [InlineData(6, 5, 0.05)]
    [InlineData(1, -5, 0.05)]
    [InlineData(1, 5, 0)]
    [InlineData(1, 5, 1)]
    [InlineData(1, 5, double.NaN)]
    public void Arguments_out_of_range_are_refused(double successes, double count, double alpha)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => BinomialInterval.Wilson(successes, count, alpha));
        Should.Throw<ArgumentOutOfRangeException>(() => BinomialInterval.ClopperPearson(successes, count, alpha));
    }
}
