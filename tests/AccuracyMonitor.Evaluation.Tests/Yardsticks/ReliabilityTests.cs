using AccuracyMonitor.Core.Evaluation;
using AccuracyMonitor.Evaluation.Yardsticks;
using CsCheck;

namespace AccuracyMonitor.Evaluation.Tests.Yardsticks;

public class ReliabilityTests
{
    [Fact]
    public void Two_bins_by_hand()
    {
        var bins = Reliability.Bins([0.9, 0.1, 0.3, 0.7], [true, false, true, false], 2);

        bins.Count.ShouldBe(2);
        (bins[0].Score, bins[0].Accuracy, bins[0].Count).ShouldBe((0.2, 0.5, 2));
        bins[1].Score.ShouldBe(0.8, 1e-12);
        bins[1].Accuracy.ShouldBe(0.5);
        Reliability.ExpectedCalibrationError([0.9, 0.1, 0.3, 0.7], [true, false, true, false], 2).ShouldBe(0.3, 1e-12);
    }

    [Fact]
    public void Ties_over_an_edge_are_divided_in_proportion()
    {
        // Three rows at 0.8, one of them wrong, and one at 0.2: the edge of two bins goes through the three.
        var bins = Reliability.Bins([0.8, 0.2, 0.8, 0.8], [true, false, false, true], 2);

        bins[0].Score.ShouldBe(0.5, 1e-12);
        bins[0].Accuracy.ShouldBe(1.0 / 3, 1e-12);
        bins[1].Score.ShouldBe(0.8, 1e-12);
        bins[1].Accuracy.ShouldBe(2.0 / 3, 1e-12);
    }

    [Fact]
    public void Bins_keep_every_row_score_and_right_answer() =>
        Gen.Select(Gen.Select(Gen.Int[0, 20].Select(i => i / 20.0), Gen.Bool).Array[1, 60], Gen.Int[1, 15]).Sample((rows, count) =>
        {
            var bins = Reliability.Bins([.. rows.Select(r => r.Item1)], [.. rows.Select(r => r.Item2)], count);
            bins.Count.ShouldBe(Math.Min(count, rows.Length));
            bins.ShouldAllBe(b => Math.Abs(b.Count - ((double)rows.Length / bins.Count)) < 1e-6);
            bins.Sum(b => b.Count * b.Score).ShouldBe(rows.Sum(r => r.Item1), 1e-6);
            bins.Sum(b => b.Count * b.Accuracy).ShouldBe(rows.Count(r => r.Item2), 1e-6);
            bins.Zip(bins.Skip(1)).ShouldAllBe(p => p.First.Score <= p.Second.Score + 1e-9);
        });

    [Fact]
    public void A_saturated_score_is_off_by_the_error_rate() =>
        Reliability.ExpectedCalibrationError([1, 1, 1, 1], [true, true, false, true]).ShouldBe(0.25, 1e-9);

    [Fact]
    public void Without_rows_there_is_nothing()
    {
        Reliability.Bins([], []).ShouldBeEmpty();
        Reliability.ExpectedCalibrationError([], []).ShouldBe(double.NaN);
    }
}
