using AccuracyMonitor.Core.Sequences;
using CsCheck;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Sequences;

public class BetaBinomialSequenceTests
{
    private const double Alpha = 0.05;
    private const int Streams = 200;
    private const int Labels = 5000;

    [Fact]
    public void LogWealth_OneRightLabel_IsTheIntegralByHand()
    {
        // B(3/2, 1/2)/B(1/2, 1/2) = (π/2)/π = 1/2, so against p₀ = 0.8 the mixture has won 0.5/0.8.
        Math.Exp(BetaBinomialSequence.LogWealth(1, 1, 0.8)).ShouldBe(0.625, 1e-12);

        // One right and one wrong: B(3/2, 3/2)/π = 1/8, over 0.8·0.2.
        Math.Exp(BetaBinomialSequence.LogWealth(1, 2, 0.8)).ShouldBe(0.125 / 0.16, 1e-12);
    }

    [Fact]
    public void Bounds_AllRight_HaveAClosedFormLowerBoundAndReachOne()
    {
        // 10 right: B(10.5, 0.5)/π = 46189/262144, so the lower bound is (0.05·46189/262144)^(1/10).
        var bounds = BetaBinomialSequence.Bounds(10, 10, Alpha);
        var none = BetaBinomialSequence.Bounds(0, 10, Alpha);

        bounds.Upper.ShouldBe(1);
        bounds.Value.ShouldBe(1);
        bounds.Lower.ShouldBe(Math.Pow(0.05 * 46189 / 262144, 0.1), 1e-9);
        (none.Lower, none.Value).ShouldBe((0, 0));
        none.Upper.ShouldBe(1 - bounds.Lower, 1e-9);
    }

    [Fact]
    public void Bounds_NoLabel_AreEverything() => BetaBinomialSequence.Bounds(0, 0, Alpha).ShouldBe(new(0.5, 0, 1));

    [Fact]
    public void Bounds_AnyCounts_AreWhereTheWealthReachesOneOverAlpha() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Double[0, 1], Gen.Double[0.001, 0.5]).Sample((n, share, alpha) =>
        {
            var k = (long)(share * n);
            var bounds = BetaBinomialSequence.Bounds(k, n, alpha);
            bounds.Lower.ShouldBeInRange(0, bounds.Value);
            bounds.Upper.ShouldBeInRange(bounds.Value, 1);
            if (k > 0)
            {
                BetaBinomialSequence.LogWealth(k, n, bounds.Lower).ShouldBe(-Math.Log(alpha), 1e-5);
            }

            if (k < n)
            {
                BetaBinomialSequence.LogWealth(k, n, bounds.Upper).ShouldBe(-Math.Log(alpha), 1e-5);
            }
        });

    [SimulationTheory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.9, 0.9)]
    [InlineData(0.99, 0.99)]
    [InlineData(0.999, 0.999)]
    [InlineData(0.98, 0.7)]
    public void Bounds_WatchedAfterEveryLabel_EverExcludeTheRunningAccuracyAtMostAlphaOften(double first, double last)
    {
        var random = new Random(11);
        var wronged = 0;
        for (var stream = 0; stream < Streams; stream++)
        {
            wronged += EverExcluded(random, first, last) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{first} to {last}: ever excluded in {wronged} of {Streams} streams of {Labels} labels");
        wronged.ShouldBeLessThanOrEqualTo(Binomial_999(Streams, Alpha));
    }

    [Fact]
    public void Bounds_WatchedAfterEveryLabel_WilsonsWouldExcludeFarMoreOften()
    {
        var random = new Random(12);
        var wronged = 0;
        for (var stream = 0; stream < 100; stream++)
        {
            long right = 0;
            for (var n = 1; n <= Labels; n++)
            {
                right += random.NextDouble() < 0.9 ? 1 : 0;
                if (!Core.Estimation.BinomialInterval.Wilson(right, n, Alpha).Contains(0.9))
                {
                    wronged++;
                    break;
                }
            }
        }

        wronged.ShouldBeGreaterThan(40, "an interval for one look is no promise to somebody who watches");
    }

    [Theory]
    [InlineData(-1, 1, 0.05)]
    [InlineData(2, 1, 0.05)]
    [InlineData(0, -1, 0.05)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 1, 1)]
    public void Bounds_OutOfRange_Throw(long right, long count, double alpha) =>
        Should.Throw<ArgumentOutOfRangeException>(() => BetaBinomialSequence.Bounds(right, count, alpha));

    /// <summary>The truth is in the bounds exactly while the wealth against it is under 1/α.</summary>
    private static bool EverExcluded(Random random, double first, double last)
    {
        long right = 0;
        var sum = 0.0;
        for (var n = 1; n <= Labels; n++)
        {
            var accuracy = first + ((last - first) * n / Labels);
            sum += accuracy;
            right += random.NextDouble() < accuracy ? 1 : 0;
            if (BetaBinomialSequence.LogWealth(right, n, sum / n) >= -Math.Log(Alpha))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What chance exceeds once in a thousand runs.</summary>
    private static int Binomial_999(int trials, double p)
    {
        var most = (int)(trials * p);
        while (Binomial.CDF(p, trials, most) < 0.999)
        {
            most++;
        }

        return most;
    }
}
