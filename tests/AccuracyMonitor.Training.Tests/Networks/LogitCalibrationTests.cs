using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training.Networks;

namespace AccuracyMonitor.Training.Tests.Networks;

public class LogitCalibrationTests
{
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1, -2)]
    [InlineData(2, 0.5)]
    public void The_mean_score_is_the_accuracy_and_a_true_map_is_found(double scale, double shift)
    {
        const int n = 20_000;
        var random = new SplitMix64(1);
        var (z, y, w) = (new float[n], new float[n], Enumerable.Repeat(1f, n).ToArray());
        for (var i = 0; i < n; i++)
        {
            z[i] = (float)((6 * random.NextDouble()) - 2);
            y[i] = random.NextDouble() < Logistic.Sigmoid((scale * z[i]) + shift) ? 1 : 0;
        }

        var fitted = LogitCalibration.Fit(z, y, w, 1);

        z.Average(v => Logistic.Sigmoid((fitted.Scale * v) + fitted.Shift)).ShouldBe((y.Sum() + 0.5) / (n + 1), 1e-6);
        fitted.Scale.ShouldBe(scale, 0.08 * scale);
        fitted.Shift.ShouldBe(shift, 0.15);
    }

    [Fact]
    public void Few_samples_hardly_move_the_scale()
    {
        float[] z = [-1, 0, 1, 2];
        LogitCalibration.Fit(z, [0, 1, 0, 1], [1, 1, 1, 1], 1).Scale.ShouldBe(1, 0.05);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void All_right_or_all_wrong_gives_a_finite_map(int correct)
    {
        var y = Enumerable.Repeat((float)correct, 100).ToArray();
        var fitted = LogitCalibration.Fit(new float[100], y, Enumerable.Repeat(1f, 100).ToArray(), 1);
        Logistic.Sigmoid(fitted.Shift).ShouldBe(correct == 1 ? 100.5 / 101 : 0.5 / 101, 1e-6);
    }
}
