using AccuracyMonitor.Core.Alarms;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Alarms;

public class EBenjaminiHochbergTests
{
    [Fact]
    public void LogThreshold_WorkedByHand_NeedsLessOfEachTheMoreThereAre()
    {
        // Level 0.1, m = 4: one alone needs 40, two need 20 each, three 13.3, four 10.
        Threshold(39, 3, 2, 1).ShouldBe(40, 1e-9);
        Threshold(41, 3, 2, 1).ShouldBe(40, 1e-9);
        Threshold(21, 25, 2, 1).ShouldBe(20, 1e-9);
        Threshold(14, 14, 14, 1).ShouldBe(40.0 / 3, 1e-9);
        Threshold(10.1, 10.1, 10.1, 10.1).ShouldBe(10, 1e-9);

        static double Threshold(params double[] evidence) => Math.Exp(EBenjaminiHochberg.LogThreshold([.. evidence.Select(e => Math.Log(e))], 0.1));
    }

    [Fact]
    public void LogThreshold_AnyEvidence_IsThatOfTheLargestSelfConsistentSet() =>
        Gen.Select(Gen.Double[-3, 15].Array[1, 12], Gen.Double[0.01, 0.5]).Sample((evidence, level) =>
        {
            var largest = Enumerable.Range(1, evidence.Length)
                .Where(k => evidence.Count(e => e >= Math.Log(evidence.Length / (k * level))) >= k)
                .DefaultIfEmpty(0).Max();
            var fired = evidence.Count(e => e >= EBenjaminiHochberg.LogThreshold(evidence, level));
            fired.ShouldBe(largest);
        });

    [Fact]
    public void LogThreshold_NothingWatched_IsOutOfReach() => EBenjaminiHochberg.LogThreshold([], 0.05).ShouldBe(double.PositiveInfinity);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void LogThreshold_LevelOutOfRange_Throws(double level) =>
        Should.Throw<ArgumentOutOfRangeException>(() => EBenjaminiHochberg.LogThreshold([1], level));
}
