using AccuracyMonitor.Core.Alarms;

namespace AccuracyMonitor.Core.Tests.Alarms;

public sealed class BetMixtureTests
{
    [Fact]
    public void Update_TwoBets_IsTheMeanOfWhatEachIsWorth()
    {
        var mixture = new BetMixture(2);
        mixture.Log.ShouldBe(double.NegativeInfinity);

        // (1+0)·2 and (1+0)·4, then (1+2)·½ and (1+4)·½.
        mixture.Update(0, Logs(2, 4));
        Math.Exp(mixture.Log).ShouldBe(3, 1e-12);
        mixture.Update(0, Logs(0.5, 0.5));
        Math.Exp(mixture.Log).ShouldBe(2, 1e-12);

        // A factor of 0 ends a bet; without a new start the other goes on: (0 + 2.5)/2.
        mixture.Update(double.NegativeInfinity, Logs(0, 1));
        Math.Exp(mixture.Log).ShouldBe(1.25, 1e-12);
    }

    [Theory]
    [InlineData(8, 3)]
    [InlineData(3, 3)]
    [InlineData(1.5, 1.5)]
    public void Limit_Ceiling_ScalesAllBetsDownToIt(double ceiling, double expected)
    {
        var mixture = new BetMixture(2);
        mixture.Update(0, Logs(2, 4));

        mixture.Limit(Math.Log(ceiling));

        Math.Exp(mixture.Log).ShouldBe(expected, 1e-12);

        // The second bet keeps its two thirds.
        mixture.Update(double.NegativeInfinity, Logs(0, 1));
        Math.Exp(mixture.Log).ShouldBe(expected * 2 / 3, 1e-12);
    }

    private static double[] Logs(params double[] factors) => [.. factors.Select(f => Math.Log(f))];
}
