using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;
using CsCheck;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Tests.Agreement;

public class NoiseCorrectionTests
{
    private const double Level = 0.05;

    [Theory]
    [InlineData(10, 0.95, 0.03)]
    [InlineData(2, 0.9, 0.08)]
    [InlineData(100, 0.7, 0.2)]
    public void Known_noise_is_taken_out(int classes, double accuracy, double e)
    {
        var measured = Measured(accuracy, e, e / (classes - 1));
        var d = 1 - ((1 - e) * (1 - e)) - (e * e / (classes - 1));

        var corrected = NoiseCorrection.Correct(Exact(measured), Error(d, classes, 1000), notBlind: 0);

        corrected.State.ShouldBe(CorrectionState.Ok);
        corrected.Accuracy.Value.ShouldBe(accuracy, 1e-9);
        corrected.Identified.ShouldBe(1 - e - (e / (classes - 1)), 1e-9);
    }

    [Fact]
    public void Labels_that_follow_the_model_would_be_overcorrected_by_a_point_and_a_half_and_are_refused()
    {
        // Ten classes, accuracy 0.95, label error 0.03; of the labels of wrong predictions 0.30 name the model's class.
        var measured = Measured(0.95, 0.03, 0.30);
        measured.ShouldBe(0.9365, 1e-9);
        var d = 1 - (0.97 * 0.97) - (0.03 * 0.03 / 9);

        NoiseCorrection.Correct(Exact(measured), Error(d, 10, 1000), notBlind: 0).Accuracy.Value.ShouldBe(0.965, 1e-3);
        NoiseCorrection.Correct(Exact(measured), Error(d, 10, 1000), notBlind: 0.06).State.ShouldBe(CorrectionState.NotBlind);
        NoiseCorrection.Correct(Exact(measured), Error(d, 10, 1000), double.NaN).State.ShouldBe(CorrectionState.NotBlind);
    }

    [Fact]
    public void The_interval_is_that_of_the_delta_method_to_first_order()
    {
        // 2000 labels with 300 doubles, ten classes: A = 1/K + (M − 1/K)/s with s = √(1 − d·K/(K−1)).
        var (m, d, q) = (0.922, 0.058, 10 / 9.0);
        var corrected = NoiseCorrection.Correct(BinomialInterval.Wilson(m * 2000, 2000, Level), Error(d, 10, 300), notBlind: 0);
        var s = Math.Sqrt(1 - (d * q));
        var byError = (m - 0.1) * q / (2 * s * s * s);
        var variance = (m * (1 - m) / 2000 / (s * s)) + (byError * byError * d * (1 - d) / 300);

        Math.Sqrt(m * (1 - m) / 2000).ShouldBe(0.0060, 1e-4);
        Math.Sqrt(variance).ShouldBe(0.0092, 1e-4);
        (corrected.Accuracy.Width / 2 / Z).ShouldBe(Math.Sqrt(variance), 5e-4);
    }

    [Fact]
    public void It_is_refused_where_the_labels_do_not_identify_the_accuracy()
    {
        var measured = Exact(0.9);

        NoiseCorrection.Correct(measured, Error(0.05, 10, 99), notBlind: 0).State.ShouldBe(CorrectionState.TooFewDoubles);
        NoiseCorrection.Correct(measured, Error(0.69, 10, 1000), notBlind: 0).State.ShouldBe(CorrectionState.NotIdentified);
        NoiseCorrection.WithoutDoubles.State.ShouldBe(CorrectionState.TooFewDoubles);
        var none = NoiseCorrection.Correct(new Interval(double.NaN, double.NaN, double.NaN), Error(0.05, 10, 1000), notBlind: 0);
        (none.State, none.Accuracy.Value).ShouldBe((CorrectionState.NoEstimate, double.NaN));
    }

    [Fact]
    public void The_interval_lies_within_0_and_1_holds_its_value_and_widens_with_uncertainty_of_the_error() =>
        Gen.Select(Gen.Int[2, 20], Gen.Double[0.3, 1], Gen.Int[100, 3000], Gen.Double[0, 0.35]).Sample((classes, m, doubles, d) =>
        {
            var measured = BinomialInterval.Wilson(m * 500, 500, Level);
            var one = NoiseCorrection.Correct(measured, Error(d, classes, doubles), notBlind: 0);
            if (one.State != CorrectionState.Ok)
            {
                one.State.ShouldBe(CorrectionState.NotIdentified);
                return;
            }

            var (value, lower, upper) = one.Accuracy;
            (0 <= lower && lower <= value && value <= upper && upper <= 1).ShouldBeTrue();
            var more = NoiseCorrection.Correct(measured, Error(d, classes, 4 * doubles), notBlind: 0);
            more.Accuracy.Width.ShouldBeLessThanOrEqualTo(one.Accuracy.Width + 1e-12);
        });

    private static double Z => Normal.InvCDF(0, 1, 1 - (Level / 2));

    private static double Measured(double accuracy, double wrong, double asModel) => (accuracy * (1 - wrong)) + ((1 - accuracy) * asModel);

    private static Interval Exact(double value) => new(value, value, value);

    private static LabelError Error(double d, int classes, int doubles) =>
        new(double.NaN, double.NaN, BinomialInterval.Wilson(d * doubles, doubles, Level), doubles, doubles, classes);
}
