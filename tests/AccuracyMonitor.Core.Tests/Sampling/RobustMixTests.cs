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

    // The variance of a label's contribution for each τ, written out: the sum of the changes and half of its standard error.
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.35)]
    [InlineData(1)]
    public void Choose_LabelsAtRandom_TakesTheCandidateWithTheLeastCautiousVariance(double usual)
    {
        var random = new Random(11);
        var chosen = new HashSet<double>();
        for (var run = 0; run < 300; run++)
        {
            var (sure, doubtful) = (random.NextDouble(), random.NextDouble());
            var labels = Enumerable.Range(0, RobustMix.MinLabels + random.Next(60)).Select(_ =>
            {
                var g = random.Next(2) == 0 ? 0.95 : 0.3 + (0.6 * random.NextDouble());
                return new LabelPoint(g, 0.05 + (0.9 * random.NextDouble()), random.NextDouble() < (g > 0.9 ? sure : doubtful));
            }).ToArray();

            var choice = RobustMix.Choose(labels, Floor, usual);
            choice.ShouldBe(LeastCautious(labels, usual), $"run {run}");
            chosen.Add(choice);
        }

        chosen.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Choose_FloorAtItsBound_IsAccepted() => RobustMix.Choose([], 0.5, 0.7).ShouldBe(0.7);

    [Theory]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(double.NaN)]
    public void Choose_FloorOutOfRange_Throws(double floor) =>
        Should.Throw<ArgumentOutOfRangeException>(() => RobustMix.Choose([], floor)).ParamName.ShouldBe("floor");

    private static double LeastCautious(LabelPoint[] labels, double usual)
    {
        double Error(LabelPoint label) => (label.Correct ? 1 : 0) - label.Score;
        double Spread(LabelPoint label) => Math.Max(Floor, Math.Sqrt(label.Score * (1 - label.Score)));
        double Mean(Func<LabelPoint, double> f) =>
            labels.Sum(label => f(label) / label.InclusionProbability) / labels.Sum(label => 1 / label.InclusionProbability);
        var (error, spread) = (Mean(Error), Mean(Spread));
        double Cautious(double uniformShare)
        {
            double Variance(LabelPoint label, double share) =>
                Math.Pow(Error(label) - error, 2) / label.InclusionProbability / (share + ((1 - share) * Spread(label) / spread));
            var changes = labels.Select(label => Variance(label, uniformShare) - Variance(label, usual)).ToArray();
            var mean = changes.Average();
            return changes.Sum() + (0.5 * Math.Sqrt(changes.Sum(change => (change - mean) * (change - mean))));
        }

        var best = RobustMix.Choices.MinBy(Cautious);
        return Cautious(best) < -1e-9 ? best : usual;
    }

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
