using AccuracyMonitor.Core.Evaluation;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Evaluation;

public class RankingMetricsTests
{
    // From the surest: right, {right, wrong} at 0.7, right, wrong.
    private static readonly double[] Scores = [0.7, 0.9, 0.2, 0.7, 0.4];
    private static readonly bool[] Correct = [true, true, false, false, true];

    private static readonly Gen<(double Score, bool Correct)[]> Rows =
        Gen.Select(Gen.Int[0, 6].Select(i => i / 6.0), Gen.Bool).Array[1, 40];

    [Fact]
    public void Auroc_by_hand()
    {
        // Right 0.9, 0.7, 0.4 against wrong 0.7, 0.2: wins 1+1, ½+1, 0+1 of six.
        RankingMetrics.Auroc(Scores, Correct).ShouldBe(4.5 / 6, 1e-12);
    }

    [Fact]
    public void ErrorAveragePrecision_by_hand()
    {
        // From the least sure: 0.2 wrong, P = 1; 0.4 right; 0.7 has the second error, flagged with one right beside: P = 2/4.
        RankingMetrics.ErrorAveragePrecision(Scores, Correct).ShouldBe((1 + 0.5) / 2, 1e-12);
    }

    [Fact]
    public void FalsePositiveRate_by_hand()
    {
        // All three right answers are above 0.4, with one of the two errors; two of them are above 0.7, ties taken in.
        RankingMetrics.FalsePositiveRate(Scores, Correct).ShouldBe(0.5);
        RankingMetrics.FalsePositiveRate(Scores, Correct, 2.0 / 3).ShouldBe(0.5);
        RankingMetrics.FalsePositiveRate(Scores, Correct, 1.0 / 3).ShouldBe(0);
    }

    [Fact]
    public void FalsePositiveRate_of_twenty_right_answers_accepts_nineteen()
    {
        var scores = Enumerable.Range(0, 20).Select(i => (double)i).Append(0.5).ToArray();
        var correct = Enumerable.Repeat(true, 20).Append(false).ToArray();
        RankingMetrics.FalsePositiveRate(scores, correct).ShouldBe(0);
        RankingMetrics.FalsePositiveRate(scores, correct, 0.951).ShouldBe(1);
    }

    [Fact]
    public void Auroc_is_the_share_of_pairs_in_order() =>
        Rows.Sample(rows =>
        {
            var pairs = rows.Where(r => r.Correct).SelectMany(r => rows.Where(w => !w.Correct).Select(
                w => r.Score > w.Score ? 1 : r.Score == w.Score ? 0.5 : 0)).DefaultIfEmpty(double.NaN);
            ShouldBeSame(RankingMetrics.Auroc(ScoresOf(rows), OutcomesOf(rows)), pairs.Average());
        });

    [Fact]
    public void ErrorAveragePrecision_is_the_mean_precision_at_each_error() =>
        Rows.Sample(rows =>
        {
            var precisions = rows.Where(r => !r.Correct).Select(
                e => rows.Count(r => r.Score <= e.Score && !r.Correct) / (double)rows.Count(r => r.Score <= e.Score));
            ShouldBeSame(
                RankingMetrics.ErrorAveragePrecision(ScoresOf(rows), OutcomesOf(rows)), precisions.DefaultIfEmpty(double.NaN).Average());
        });

    [SimulationFact]
    public void FalsePositiveRate_is_that_of_the_best_threshold_there_is() =>
        Rows.Sample(rows =>
        {
            double Rate(double t, bool correct) =>
                rows.Count(r => r.Correct == correct && r.Score >= t) / (double)rows.Count(r => r.Correct == correct);
            var expected = rows.Select(r => r.Score).Where(t => Rate(t, true) >= 0.95).Select(t => Rate(t, false))
                .DefaultIfEmpty(double.NaN).Min();
            ShouldBeSame(RankingMetrics.FalsePositiveRate(ScoresOf(rows), OutcomesOf(rows)), expected);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_right_or_all_wrong_has_no_ranking(bool correct)
    {
        bool[] outcomes = [correct, correct];
        RankingMetrics.Auroc([0.1, 0.2], outcomes).ShouldBe(double.NaN);
        RankingMetrics.FalsePositiveRate([0.1, 0.2], outcomes).ShouldBe(double.NaN);
        RankingMetrics.ErrorAveragePrecision([0.1, 0.2], outcomes).ShouldBe(correct ? double.NaN : 1);
        RankingMetrics.Auroc([], []).ShouldBe(double.NaN);
    }

    [Fact]
    public void A_score_that_is_all_ties_ranks_like_a_coin()
    {
        bool[] outcomes = [true, false, true, true];
        RankingMetrics.Auroc([1, 1, 1, 1], outcomes).ShouldBe(0.5);
        RankingMetrics.ErrorAveragePrecision([1, 1, 1, 1], outcomes).ShouldBe(0.25);
        RankingMetrics.FalsePositiveRate([1, 1, 1, 1], outcomes).ShouldBe(1);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Should.Throw<ArgumentException>(() => RankingMetrics.Auroc([0.1, double.NaN], [true, false])).Message.ShouldContain("NaN");
        Should.Throw<ArgumentOutOfRangeException>(() => RankingMetrics.Auroc([0.1], [true, false]));
        Should.Throw<ArgumentOutOfRangeException>(() => RankingMetrics.FalsePositiveRate([0.1], [true], 0));
    }

    private static double[] ScoresOf((double Score, bool Correct)[] rows) => [.. rows.Select(r => r.Score)];

    private static bool[] OutcomesOf((double Score, bool Correct)[] rows) => [.. rows.Select(r => r.Correct)];

    private static void ShouldBeSame(double actual, double expected)
    {
        double.IsNaN(actual).ShouldBe(double.IsNaN(expected));
        (double.IsNaN(actual) ? 0 : actual - expected).ShouldBe(0, 1e-12);
    }
}
