using AccuracyMonitor.Core.Agreement;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Agreement;

public class LabelErrorTests
{
    [Theory]
    // ±1.2, 0.8 and 0.5 percentage points with 100, 200 and 500 doubles at an error of 3 %.
    [InlineData(100, 6, 0.012)]
    [InlineData(200, 12, 0.0085)]
    [InlineData(500, 30, 0.0055)]
    public void The_error_is_about_half_the_disagreement(int doubles, int disagreements, double standardError)
    {
        var error = LabelError.Of(Doubles.Disagreeing(doubles, disagreements), 10, 0.05);

        error.Value.ShouldBe(0.0305, 5e-4);
        error.StandardError.ShouldBe(standardError, 5e-4);
        (error.Doubles, error.EffectiveDoubles).ShouldBe((doubles, (double)doubles));
    }

    [Fact]
    public void It_inverts_the_disagreement_of_two_annotators() => Gen.Select(Gen.Int[2, 50], Gen.Double[0, 0.45]).Sample((classes, e) =>
    {
        var d = 1 - ((1 - e) * (1 - e)) - (e * e / (classes - 1));
        var agreement = LabelError.ChanceCorrected(d, classes);
        ((1 - agreement) * (classes - 1) / classes).ShouldBe(e, 1e-9);
    });

    [Fact]
    public void Without_any_disagreement_the_error_is_zero_and_the_disagreement_still_has_an_interval()
    {
        var error = LabelError.Of(Doubles.Disagreeing(100, 0), 2, 0.05);

        (error.Value, error.StandardError, error.Disagreement.Lower).ShouldBe((0, 0, 0));
        error.Disagreement.Upper.ShouldBe(0.037, 1e-3);
    }

    [Fact]
    public void Answers_by_chance_have_no_standard_error()
    {
        var error = LabelError.Of(Doubles.Disagreeing(10, 9), 2, 0.05);

        error.Value.ShouldBe(0.5);
        error.StandardError.ShouldBe(double.NaN);
    }

    [Fact]
    public void Doubles_weigh_as_the_predictions_that_they_stand_for()
    {
        DoubleLabel[] doubles = [.. Enumerable.Repeat(Doubles.Of(0, 1, 1), 50), .. Enumerable.Repeat(Doubles.Of(0, 0, 0.1), 50)];

        var error = LabelError.Of(doubles, 10, 0.05);

        error.Disagreement.Value.ShouldBe(50.0 / 550, 1e-12);
        error.EffectiveDoubles.ShouldBe(550.0 * 550 / 5050, 1e-9);
    }

    [Fact]
    public void Its_arguments_are_checked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => LabelError.Of([], 2, 0.05));
        Should.Throw<ArgumentOutOfRangeException>(() => LabelError.Of([Doubles.Of(0, 0)], 1, 0.05));
    }
}
