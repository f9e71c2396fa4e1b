using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Sampling;

public class RobustMixTests
{
    private const double Floor = 0.02;

    [Fact]
    public void Choose_FewLabels_KeepsTheUsual() =>
        RobustMix.Choose(Labels(RobustMix.MinLabels - 1, (_, _) => false), Floor).ShouldBe(RobustMix.Usual);

    [Fact]
    public void Choose_MonitorThatKnowsItsErrors_SpendsLittleUniformly() =>
        RobustMix.Choose(Labels(400, (g, u) => u < g), Floor).ShouldBeLessThan(RobustMix.Usual);

    [Fact]
    public void Choose_ErrorsWhereTheMonitorIsSure_GoesUniform() =>
        RobustMix.Choose(Labels(400, (g, u) => g < 0.9 || u < 0.5), Floor).ShouldBe(1);

    [Fact]
    public void Choose_EqualScores_KeepsTheUsual()
    {
        var labels = Enumerable.Range(0, 200).Select(i => new LabelPoint(0.8, 0.01, i % 5 != 0)).ToArray();
        RobustMix.Choose(labels, Floor).ShouldBe(RobustMix.Usual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(double.NaN)]
    public void Choose_FloorOutOfRange_Throws(double floor) =>
        Should.Throw<ArgumentOutOfRangeException>(() => RobustMix.Choose([], floor)).ParamName.ShouldBe("floor");

    /// <summary>Half of the scores near 0.99, half spread out; π by the usual mix.</summary>
    private static LabelPoint[] Labels(int count, Func<double, double, bool> right)
    {
        var random = new Random(3);
        List<LabelPoint> labels = [];
        while (labels.Count < count)
        {
            var g = random.NextDouble() < 0.5 ? 0.99 : 0.3 + (0.6 * random.NextDouble());
            var u = Math.Sqrt(g * (1 - g));
            var pi = 0.5 + (0.5 * u / 0.28);
            if (random.NextDouble() < pi / 2)
            {
                labels.Add(new LabelPoint(g, pi / 2, right(g, random.NextDouble())));
            }
        }

        return [.. labels];
    }
}
