using AccuracyMonitor.Evaluation.LabelFree;
using CsCheck;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class TemperatureTests
{
    [Fact]
    public void One_odds_ratio_is_solved_in_closed_form()
    {
        // Confidence 0.9 (odds 9), right three times of four (odds 3): 9^b = 3.
        var temperature = Temperature.Fit(Some.Reference((0.9f, true), (0.9f, true), (0.9f, true), (0.9f, false)));
        temperature.Inverse.ShouldBe(0.5, 1e-6);
    }

    [Fact]
    public void The_fit_has_the_least_loss() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[2, 6], Gen.Double[0.3, 2.5]).Sample(
            (seed, k, trust) =>
            {
                var set = Some.Draw(seed, 150, k, trust: trust);
                var b = Temperature.Fit(new LabelledReference(set)).Inverse;
                double Loss(double inverse)
                {
                    var row = new double[k];
                    return Enumerable.Range(0, set.Count).Sum(i =>
                    {
                        new Temperature(inverse).Apply(set.Row(i), row);
                        return -Math.Log(row[set.Labels[i]]);
                    });
                }

                Loss(b).ShouldBeLessThanOrEqualTo(Loss(b * 1.01) + 1e-9);
                Loss(b).ShouldBeLessThanOrEqualTo(Loss(b / 1.01) + 1e-9);
            },
            iter: 30);

    [Fact]
    public void Scaling_the_softmax_is_scaling_the_logits()
    {
        double[] z = [2, -1, 0.5, 4];
        var scaled = new double[4];
        new Temperature(0.4).Apply([.. Some.Softmax(z, 1).Select(p => (float)p)], scaled);
        scaled.Zip(Some.Softmax(z, 0.4)).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-6);
    }

    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 0.05)]
    public void Nothing_but_right_or_wrong_rows_ends_at_the_bound(bool right, double inverse) =>
        Temperature.Fit(Some.Reference((0.9f, right), (0.6f, right))).Inverse.ShouldBe(inverse, 0.001 * inverse);

    [Fact]
    public void Ts_ac_applies_the_temperature_that_was_fitted()
    {
        // A published script fits a temperature and scores with 1: there, overconfidence stays what it was.
        var reference = new LabelledReference(Some.Draw(1, 5_000, 4, spread: 4, trust: 0.4));
        var scaled = new ScaledConfidence(reference, Temperature.Fit(reference)).Estimate(reference.Outputs)!.Value;
        var plain = new AverageConfidence(reference).Estimate(reference.Outputs)!.Value;
        (plain - reference.Accuracy).ShouldBeGreaterThan(0.1);
        scaled.ShouldBe(reference.Accuracy, 0.03);
    }
}
