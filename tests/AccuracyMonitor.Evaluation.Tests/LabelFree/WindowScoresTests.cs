using AccuracyMonitor.Evaluation.LabelFree;
using MathNet.Numerics.LinearAlgebra.Double;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class WindowScoresTests
{
    [Fact]
    public void By_hand()
    {
        // The identity: singular values 1, 1; ‖Q‖_* = 2 of √(2·2). Two of four entries are 1.
        var identity = new SoftmaxOutputs([1, 0, 0, 1], 2);
        WindowScores.NuclearNorm(identity).ShouldBe(1, 1e-9);
        WindowScores.MaNo(identity).ShouldBe(Math.Pow(0.5, 0.25), 1e-12);

        // Sure, but always of one class: one singular value √2.
        var oneClass = new SoftmaxOutputs([1, 0, 1, 0], 2);
        WindowScores.NuclearNorm(oneClass).ShouldBe(Math.Sqrt(0.5), 1e-7);
        WindowScores.MaNo(oneClass).ShouldBe(Math.Pow(0.5, 0.25), 1e-12);

        // Uniform: one singular value √n/√K; each entry ½.
        var uniform = Some.Window(0.5f, 0.5f, 0.5f, 0.5f);
        WindowScores.NuclearNorm(uniform).ShouldBe(0.5, 1e-7);
        WindowScores.MaNo(uniform).ShouldBe(0.5, 1e-12);
        WindowScores.NuclearNorm(new SoftmaxOutputs([], 2)).ShouldBe(double.NaN);
        WindowScores.MaNo(new SoftmaxOutputs([], 2)).ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(3, 7)]
    [InlineData(40, 7)]
    [InlineData(200, 4)]
    public void NuclearNorm_is_the_sum_of_the_singular_values_of_the_window(int n, int k)
    {
        var p = Some.Draw(n, n, k).Probabilities;
        var matrix = new DenseMatrix(n, k);
        for (var i = 0; i < p.Length; i++)
        {
            matrix[i / k, i % k] = p[i];
        }

        WindowScores.NuclearNorm(new SoftmaxOutputs(p, k)).ShouldBe(matrix.Svd(false).S.Sum() / Math.Sqrt(Math.Min(n, k) * (double)n), 1e-6);
    }

    [Fact]
    public void MaNo_is_one_norm_of_the_window_and_not_a_mean_of_batches()
    {
        var window = new SoftmaxOutputs([.. Some.Draw(1, 50, 4, spread: 1).Probabilities, .. Some.Draw(2, 50, 4, spread: 9).Probabilities], 4);
        var halves = new[] { window.Probabilities[..200], window.Probabilities[200..] }.Select(p => WindowScores.MaNo(new(p, 4))).ToArray();

        // Fourth powers add up; the means of the published code's batches do not.
        var whole = WindowScores.MaNo(window);
        whole.ShouldBe(Math.Pow(halves.Average(h => Math.Pow(h, 4)), 0.25), 1e-12);
        Math.Abs(halves.Average() - whole).ShouldBeGreaterThan(0.005);
        WindowScores.MaNo(new SoftmaxOutputs([.. Enumerable.Range(0, 100).Reverse().SelectMany(i => window.Row(i).ToArray())], 4))
            .ShouldBe(whole, 1e-12);
    }

    [Fact]
    public void The_regressions_meet_the_reference_set_and_fall_with_the_confidence()
    {
        var reference = new LabelledReference(Some.Draw(3, 3_000, 4, trust: 0.7));
        var worse = new SoftmaxOutputs(Some.Draw(4, 3_000, 4, spread: 1.5).Probabilities, 4);
        foreach (var estimator in new[] { ScoreRegression.OfNuclearNorm(reference), ScoreRegression.OfMaNo(reference) })
        {
            estimator.Estimate(reference.Outputs)!.Value.ShouldBe(reference.Accuracy, 1e-9);
            estimator.Estimate(worse)!.Value.ShouldBeLessThan(reference.Accuracy - 0.1);
        }
    }

    [Fact]
    public void The_regression_is_the_line_through_the_tilted_reference_sets()
    {
        // Two confidences in equal number: ranks ¼ and ¾, so a tilt t puts the weight σ(t/2) on the surer, which was always right; the other never.
        var reference = Some.Reference((0.9f, true), (0.6f, false));
        double Fourth(double c) => Math.Pow(c, 4) + Math.Pow(1 - c, 4);
        double Score(double share) => Math.Pow(((share * Fourth(0.9)) + ((1 - share) * Fourth(0.6))) / 2, 0.25);
        double[] shares = [.. new double[] { -8, -4, 0, 4, 8 }.Select(t => 1 / (1 + Math.Exp(-t / 2)))];
        var slope = shares.Sum(a => (a - 0.5) * (Score(a) - Score(0.5))) / shares.Sum(a => Math.Pow(Score(a) - Score(0.5), 2));
        var window = Some.Window(0.7f);

        ScoreRegression.OfMaNo(reference).Estimate(window)!.Value.ShouldBe(0.5 + (slope * (WindowScores.MaNo(window) - Score(0.5))), 1e-6);
    }
}
