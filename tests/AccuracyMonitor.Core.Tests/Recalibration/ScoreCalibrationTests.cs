using AccuracyMonitor.Core.Recalibration;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Recalibration;

public class ScoreCalibrationTests
{
    [Fact]
    public void An_overconfident_model_is_brought_down_to_its_accuracy()
    {
        // Right with the probability of half the confidence's logit.
        var reference = Reference(LabelledPredictions.Make(20_000, 5, seed: 1, (m, _, _) => 1 / (1 + Math.Exp(-m / 2))), 5);
        var calibration = ScoreCalibration.Fit(reference);

        // Three standard errors of the fit.
        calibration.Scale.ShouldBe(0.5, 0.03);
        calibration.Shift.ShouldBe(0, 0.06);
    }

    [Fact]
    public void At_the_fit_the_mean_score_is_the_accuracy()
    {
        // The likelihood equation of the shift; the prior is wide.
        var samples = LabelledPredictions.Make(2_000, 5, seed: 2, (m, _, _) => 0.7);
        var calibration = ScoreCalibration.Fit(Reference(samples, 5));
        samples.Average(s => Logistic.Sigmoid(calibration.Logit(s.Probabilities)))
            .ShouldBe(samples.Average(s => s.Correct ? 1.0 : 0), 1e-3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reference_set_that_is_all_right_or_all_wrong_gives_finite_numbers(bool right)
    {
        var samples = LabelledPredictions.Make(300, 3, seed: 3, (_, _, _) => right ? 1 : 0);
        var calibration = ScoreCalibration.Fit(Reference(samples, 3));
        double.IsFinite(calibration.Scale).ShouldBeTrue();
        samples.Average(s => Logistic.Sigmoid(calibration.Logit(s.Probabilities))).ShouldBe(right ? 1 : 0, 0.05);
    }

    [Fact]
    public void Saturated_rows_neither_diverge_nor_tie_with_the_nearly_saturated()
    {
        var reference = new ReferenceSet([1, 0, 1, 0, 0, 1, 0.5f, 0.5f], [0, 0, 0, 1], 2);
        var calibration = ScoreCalibration.Fit(reference);
        double.IsFinite(calibration.Scale).ShouldBeTrue();
        double.IsFinite(calibration.Logit([1, 0])).ShouldBeTrue();
        ScoreCalibration.ConfidenceLogit([1, 0]).ShouldBe(-Math.Log(1e-7), 1e-6);
        ScoreCalibration.ConfidenceLogit([1, 1e-6f]).ShouldBe(-Math.Log(1e-6), 1e-6);
        ScoreCalibration.ConfidenceLogit([0.25f, 0.75f]).ShouldBe(Math.Log(3), 1e-12);
    }

    [Fact]
    public void A_higher_confidence_has_the_higher_logit() =>
        Gen.Select(Gen.Float[0.5f, 1f], Gen.Float[0.5f, 1f]).Sample(
            (a, b) => ScoreCalibration.ConfidenceLogit([a, 1 - a]) <= ScoreCalibration.ConfidenceLogit([b, 1 - b]) || a > b,
            iter: 300,
            seed: "0N0XIzNsQ0O2",
            threads: 1);

    [Fact]
    public void Without_rows_the_confidence_is_believed()
    {
        ScoreCalibration.Fit(new ReferenceSet([], [], 3)).ShouldBe(ScoreCalibration.Identity);
        ScoreCalibration.Identity.Logit([0.25f, 0.75f]).ShouldBe(Math.Log(3), 1e-12);
    }

    [Fact]
    public void A_reference_set_whose_lengths_do_not_go_together_is_refused() =>
        Should.Throw<ArgumentException>(() => ScoreCalibration.Fit(new ReferenceSet([1, 0, 1], [0], 2)))
            .Message.ShouldStartWith("3 probabilities for 1 labels and 2 classes.");

    private static ReferenceSet Reference(LabelledPrediction[] samples, int classes) => new(
        [.. samples.SelectMany(s => s.Probabilities)],
        [.. samples.Select(s => s.Correct ? s.PredictedClass : (s.PredictedClass + 1) % classes)],
        classes);
}
