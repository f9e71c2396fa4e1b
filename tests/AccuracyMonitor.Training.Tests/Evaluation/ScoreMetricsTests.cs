using AccuracyMonitor.Training.Evaluation;
using CsCheck;

namespace AccuracyMonitor.Training.Tests.Evaluation;

public class ScoreMetricsTests
{
    [Fact]
    public void By_hand()
    {
        var metrics = ScoreMetrics.Of([0, Math.Log(3), Math.Log(3), -Math.Log(3)], [false, true, false, true]);

        // Scores 1/2, 3/4, 3/4, 1/4; right against wrong: 3/4 beats 1/2 and ties 3/4, 1/4 loses both: 1.5 of 4.
        metrics.Auroc.ShouldBe(1.5 / 4);
        metrics.MeanScore.ShouldBe(2.25 / 4, 1e-12);
        metrics.Accuracy.ShouldBe(0.5);
        metrics.Brier.ShouldBe((0.25 + 0.0625 + 0.5625 + 0.5625) / 4, 1e-12);
        metrics.LogLoss.ShouldBe((Math.Log(2) - Math.Log(0.75) - (2 * Math.Log(0.25))) / 4, 1e-12);
    }

    [Fact]
    public void The_area_under_the_curve_is_the_share_of_pairs_in_order() =>
        Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[2, 30].Sample(
            pairs =>
            {
                var right = pairs.Where(p => p.Item2).Select(p => p.Item1).ToArray();
                var wrong = pairs.Where(p => !p.Item2).Select(p => p.Item1).ToArray();
                var expected = right.SelectMany(r => wrong.Select(w => r > w ? 1 : r == w ? 0.5 : 0)).DefaultIfEmpty(double.NaN).Average();
                var auroc = ScoreMetrics.Of([.. pairs.Select(p => (double)p.Item1)], [.. pairs.Select(p => p.Item2)]).Auroc;
                return double.IsNaN(expected) ? double.IsNaN(auroc) : Math.Abs(auroc - expected) < 1e-12;
            });

    [Fact]
    public void Saturated_logits_have_a_finite_loss() =>
        ScoreMetrics.Of([800, -800], [false, true]).LogLoss.ShouldBe(800, 1e-9);
}
