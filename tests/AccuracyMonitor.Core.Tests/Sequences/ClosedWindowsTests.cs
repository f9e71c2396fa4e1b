using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Sequences;

public class ClosedWindowsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Width = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    [Fact]
    public void Update_FewLabelsABucket_MergesUntilFiftyAreIn()
    {
        var windows = new ClosedWindows(Window);

        windows.Update([Of(0, 20), Of(1, 20), Of(2, 20), Of(3, 49), Of(4, 1)], At(5));

        windows.Recent.Select(w => (w.Start, w.End, w.Labels)).ShouldBe([(At(0), At(3), 60L), (At(3), At(5), 50L)]);
        windows.Sequence.Windows.ShouldBe(2);
    }

    [Fact]
    public void Update_PendingRequestsOrAnOpenBucket_CloseNothingAfterThem()
    {
        var windows = new ClosedWindows(Window);

        windows.Update([Of(0, 50), Of(1, 50, pending: 1), Of(2, 50)], At(3));
        windows.Sequence.Windows.ShouldBe(1);

        windows.Update([Of(0, 50), Of(1, 50), Of(2, 50)], At(2.5));
        windows.Sequence.Windows.ShouldBe(2, "the third minute is not over");
    }

    [Fact]
    public void Update_CorrectedLabelWhileInTheWindow_ChangesTheEstimate()
    {
        var windows = new ClosedWindows(Window);
        windows.Update([Of(0, 50, wrong: 10)], At(5));
        var before = windows.Sequence.Mean;

        windows.Update([Of(0, 50, wrong: 20)], At(6));

        windows.Sequence.Windows.ShouldBe(1);
        before.ShouldBe(0.8, 1e-9);
        windows.Sequence.Mean.ShouldBe(0.6, 1e-9);
    }

    [Fact]
    public void Update_BucketsThatLeave_StayInTheSumsWhateverTheyWaitFor()
    {
        var windows = new ClosedWindows(Window);
        windows.Update([Of(0, 60, pending: 5), Of(1, 60)], At(9));
        windows.Sequence.Windows.ShouldBe(2, "the first is about to leave, and so is closed with what it has");

        windows.Update([Of(1, 60)], At(11));
        windows.Update([], At(60));

        windows.Sequence.Windows.ShouldBe(2);
    }

    [Fact]
    public void Update_TooFewLabelsInAWholeWindow_AreCarriedUntilTheRestHasCome()
    {
        var windows = new ClosedWindows(Window);
        for (var minute = 1; minute <= 60; minute++)
        {
            // Two labels a minute, one of them wrong; the window shows ten minutes.
            windows.Update([.. Enumerable.Range(Math.Max(0, minute - 10), Math.Min(minute, 10)).Select(m => Of(m, 2, wrong: 1))], At(minute));
        }

        windows.Sequence.Windows.ShouldBe(2);
        windows.Sequence.Mean.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void Restore_ClosedBefore_GoesOnWhereItWas()
    {
        var before = new ClosedWindows(Window);
        List<ClosedWindow> stored = [];
        for (var minute = 1; minute <= 30; minute++)
        {
            before.Update(Ring(minute), At(minute));
            if (before.Recent.Count > 0)
            {
                stored.RemoveAll(w => w.Start >= before.Recent[0].Start);
                stored.AddRange(before.Recent);
            }
        }

        var after = new ClosedWindows(Window);
        after.Restore(stored, At(30));
        after.Update(Ring(30), At(30));

        after.Sequence.Windows.ShouldBe(30);
        after.Sequence.Sum.ShouldBe(before.Sequence.Sum, 1e-9);
        after.Sequence.Variance.ShouldBe(before.Sequence.Variance, 1e-9);

        static Bucket[] Ring(int minute) => [.. Enumerable.Range(Math.Max(0, minute - 10), Math.Min(minute, 10)).Select(m => Of(m, 50, wrong: m))];
    }

    /// <summary>Watched after every window; labels by the mixed policy, ten of a hundred, so 5,000 labels are 100 windows.</summary>
    [SimulationTheory]
    [InlineData("broad and right", 1, 1.0)]
    [InlineData("sharp and right", 8, 1.0)]
    [InlineData("very sharp", 60, 1.0)]
    [InlineData("concept shift", 8, 0.9)]
    public void Sequence_WatchedAfterEveryWindow_EverExcludesTheRunningAccuracyAtMostAlphaOften(string name, int sharpness, double kept)
    {
        const int Streams = 100;
        const double Alpha = 0.05;
        var random = new Random(21);
        var wronged = 0;
        for (var stream = 0; stream < Streams; stream++)
        {
            wronged += EverExcluded(random, g => kept * g, sharpness, Alpha) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: ever excluded in {wronged} of {Streams} streams of 100 windows");
        Binomial.CDF(Alpha, Streams, wronged - 1).ShouldBeLessThan(0.999);
    }

    private static bool EverExcluded(Random random, Func<double, double> right, int sharpness, double alpha)
    {
        const int Predictions = 550;
        var windows = new ClosedWindows(Window);
        var truth = 0.0;
        for (var w = 0; w < 100; w++)
        {
            var predictions = default(PredictionSums);
            var labels = default(LabelSums);
            var correct = 0;
            for (var i = 0; i < Predictions; i++)
            {
                var g = 1 - (0.5 * Math.Pow(random.NextDouble(), sharpness));
                var isRight = random.NextDouble() < right(g);
                correct += isRight ? 1 : 0;
                predictions.Add(new PredictionPoint(g, g, Covered: true));
                var pi = 0.05 + Math.Min(0.5, 0.05 * Math.Max(0.02, Math.Sqrt(g * (1 - g))) / 0.15);
                if (random.NextDouble() < pi)
                {
                    predictions.Requested++;
                    labels.Add(new LabelPoint(g, pi, isRight));
                }
            }

            truth += (double)correct / Predictions;
            windows.Update([new Bucket(At(w), Width, predictions, labels)], At(w + 9));
            if (windows.Sequence.Windows == w + 1 && !windows.Sequence.Bounds(alpha).Contains(truth / (w + 1)))
            {
                return true;
            }
        }

        return false;
    }

    private static DateTimeOffset At(double minute) => Start.AddMinutes(minute);

    private static Bucket Of(int minute, int labels, int wrong = 0, int pending = 0)
    {
        var predictions = default(PredictionSums);
        var sums = default(LabelSums);
        for (var i = 0; i < labels + pending; i++)
        {
            predictions.Add(new PredictionPoint(0.9, 0.9, Covered: true));
            predictions.Requested++;
            if (i < labels)
            {
                sums.Add(new LabelPoint(0.9, 0.5, Correct: i >= wrong));
            }
        }

        return new Bucket(At(minute), Width, predictions, sums);
    }
}
