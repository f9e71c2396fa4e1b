using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Agreement;

/// <summary>
/// How often the corrected and the uncorrected interval hold the true accuracy of a window whose annotators err. Requests are drawn with unequal
/// probabilities. ACCURACY_MONITOR_COVERAGE_RUNS sets the number of windows of each line, for the table of docs/science/label-noise.md.
/// </summary>
public class NoiseCoverageTests(ITestOutputHelper output)
{
    private const int Predictions = 30_000;
    private const double Budget = 0.1;
    private static readonly int Runs = Environment.GetEnvironmentVariable("ACCURACY_MONITOR_COVERAGE_RUNS") is { } text ? int.Parse(text) : 120;

    [SimulationTheory]
    [InlineData(0.03, 2, 0.05)]
    [InlineData(0.03, 2, 0.15)]
    [InlineData(0.03, 10, 0.05)]
    [InlineData(0.03, 10, 0.15)]
    [InlineData(0.08, 2, 0.05)]
    [InlineData(0.08, 2, 0.15)]
    [InlineData(0.08, 10, 0.05)]
    [InlineData(0.08, 10, 0.15)]
    public void The_corrected_interval_holds_the_accuracy(double error, int classes, double share)
    {
        var windows = Enumerable.Range(0, Runs).AsParallel().AsOrdered().Select(seed => Draw(seed, error, classes, share)).ToArray();
        var held = windows.Count(w => w.Corrected.Accuracy.Contains(w.Truth)) / (double)Runs;
        var heldBefore = windows.Count(w => w.Audited.Contains(w.Truth)) / (double)Runs;
        output.WriteLine(
            $"| {error:P0} | {classes} | {share:P0} | {windows.Average(w => w.Doubles):0} | {windows.Average(w => w.Audited.Value - w.Truth):+0.0 %;-0.0 %}"
            + $" | {heldBefore:P1} | {windows.Average(w => w.Audited.Width) / 2:P2} | "
            + $"{windows.Average(w => w.Corrected.Accuracy.Value - w.Truth):+0.0 %;-0.0 %}"
            + $" | {held:P1} | {windows.Average(w => w.Corrected.Accuracy.Width) / 2:P2} |");

        windows.ShouldAllBe(w => w.Corrected.State == CorrectionState.Ok);
        held.ShouldBeGreaterThanOrEqualTo(0.95 - (3.1 * Math.Sqrt(0.95 * 0.05 / Runs)));
        Math.Abs(windows.Average(w => w.Corrected.Accuracy.Value - w.Truth)).ShouldBeLessThan(0.01);
        heldBefore.ShouldBeLessThan(0.7, "the noise is large enough that it matters");
    }

    /// <summary>Of the model's mistakes annotators take over more than others: second opinions could not tell.</summary>
    [SimulationTheory]
    [InlineData(0.03, 2, 0.05, 0.10)]
    [InlineData(0.03, 10, 0.15, 0.10)]
    [InlineData(0.08, 2, 0.08, 0.10)]
    [InlineData(0.08, 10, 0.20, 0.10)]
    [InlineData(0.03, 10, 0.15, 0.20)]
    [InlineData(0.08, 2, 0.08, 0.20)]
    public void The_interval_corrected_by_gold_items_holds_the_accuracy(double error, int classes, double follows, double share)
    {
        int Annotate(Random random, int truth) =>
            truth != 0 && random.NextDouble() < follows ? 0 : Answer(random, truth, truth == 0 ? error : 0, classes);
        var windows = Enumerable.Range(0, Runs).AsParallel().AsOrdered().Select(seed => Draw(seed, share, Annotate, classes)).ToArray();
        CorrectedAccuracy[] corrected = [.. windows.Select(w => w.ByGold).OfType<CorrectedAccuracy>()];
        var held = windows.Count(w => w.ByGold?.Accuracy.Contains(w.Truth) == true) / (double)corrected.Length;
        var bias = windows.Where(w => w.ByGold is not null).Average(w => w.ByGold!.Accuracy.Value - w.Truth);
        output.WriteLine(
            $"| {error:P0} | {follows:P0} | {classes} | {windows.Average(w => w.Gold.WhereRight!.Answers):0}"
            + $" | {windows.Average(w => w.Gold.WhereWrong!.Answers):0} | {windows.Average(w => w.Audited.Value - w.Truth):+0.0 %;-0.0 %}"
            + $" | {bias:+0.0 %;-0.0 %} | {held:P1} | {corrected.Average(c => c.Accuracy.Width) / 2:P2} | {Runs - corrected.Length} |");

        corrected.ShouldAllBe(c => c.State == CorrectionState.Ok);
        corrected.Length.ShouldBeGreaterThan(Runs * 9 / 10, "the others have fewer than 30 gold items about which the model is wrong");
        held.ShouldBeGreaterThanOrEqualTo(0.95 - (3.1 * Math.Sqrt(0.95 * 0.05 / Runs)));
        Math.Abs(bias).ShouldBeLessThan(0.01);
    }

    private static Window Draw(int seed, double error, int classes, double share) =>
        Draw(seed, share, (random, truth) => Answer(random, truth, error, classes), classes);

    private static Window Draw(int seed, double share, Func<Random, int, int> answer, int classes)
    {
        var random = new Random(seed);
        var made = default(PredictionSums);
        var labels = default(LabelSums);
        List<DoubleLabel> doubles = [];
        List<GoldAnswer> gold = [];
        var correct = 0;
        for (var i = 0; i < Predictions; i++)
        {
            // The model's class is 0; so is the true class where it is right.
            var g = 1 - (0.6 * Math.Pow(random.NextDouble(), 5));
            var truth = random.NextDouble() < g ? 0 : 1 + random.Next(classes - 1);
            correct += truth == 0 ? 1 : 0;
            made.Add(new PredictionPoint(g, g, Covered: true));
            var inclusion = Math.Min(1, Budget * (0.5 + (0.5 * Math.Sqrt(g * (1 - g)) / 0.2)));
            if (random.NextDouble() >= inclusion)
            {
                continue;
            }

            made.Requested++;
            var label = answer(random, truth);
            labels.Add(new LabelPoint(g, inclusion, label == 0));
            if (random.NextDouble() < share)
            {
                doubles.Add(new DoubleLabel(new Vote("ann", label), new Vote("bob", answer(random, truth)), 0, inclusion));
                gold.Add(new GoldAnswer(new Vote("ann", label), truth, 0, inclusion, IsLabel: true));
            }
        }

        Bucket[] buckets = [new Bucket(DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1), made, labels)];
        var estimate = WindowEstimator.Estimate(buckets, monitorValid: true, new EstimatorOptions { Alpha = 0.05, MinLabels = 1 }).Audited;
        var audited = new Interval(estimate.Value, estimate.Lower, estimate.Upper);
        var quality = GoldQuality.Of(gold, 0.05);
        return new Window((double)correct / Predictions, audited, quality)
        {
            Corrected = NoiseCorrection.Correct(audited, LabelError.Of(doubles, classes, 0.05), notBlind: 0),
            Doubles = doubles.Count,
            ByGold = NoiseCorrection.ByGold(audited, quality),
        };
    }

    private static int Answer(Random random, int truth, double error, int classes) =>
        random.NextDouble() < error ? (truth + 1 + random.Next(classes - 1)) % classes : truth;

    private sealed record Window(double Truth, Interval Audited, GoldQuality Gold)
    {
        public required CorrectedAccuracy Corrected { get; init; }

        public required int Doubles { get; init; }

        public required CorrectedAccuracy? ByGold { get; init; }
    }
}
