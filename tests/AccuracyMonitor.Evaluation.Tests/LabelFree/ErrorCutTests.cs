using AccuracyMonitor.Evaluation.LabelFree;
using CsCheck;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class ErrorCutTests
{
    [Fact]
    public void Without_ties_as_many_rows_lie_below_as_there_are_errors()
    {
        var cut = new ErrorCut([0.9f, 0.5f, 0.7f, 0.6f], 2);
        cut.Right(0.69f).ShouldBe(0);
        cut.Right(0.7f).ShouldBe(1);
        cut.Right(0.6f).ShouldBe(0);
    }

    [Fact]
    public void Ties_at_the_cut_are_split_where_the_published_codes_count_them_all_or_none()
    {
        // Two errors among four rows, of which three tie at 1: ≥ counts the three as right and finds one error, > counts none and finds four.
        var cut = new ErrorCut([1, 1, 1, 0.5f], 2);
        cut.Right(1).ShouldBe(2.0 / 3, 1e-12);
        cut.Right(0.5f).ShouldBe(0);

        // All alike: each row counts as the accuracy, not as 0 or 1.
        new ErrorCut([1, 1, 1, 1, 1], 2).Right(1).ShouldBe(0.6, 1e-12);
    }

    [Fact]
    public void Atc_without_a_reference_error_says_one_and_with_nothing_but_errors_zero()
    {
        // The published threshold starts at 0; negative entropies are below it, and a perfect reference set gave an accuracy of 0.
        new ErrorCut([-0.5f, -0.1f], 0).Right(-7).ShouldBe(1);
        new ErrorCut([-0.5f, -0.1f], 2).Right(0).ShouldBe(0);
        var perfect = Some.Reference((0.9f, true), (0.6f, true));
        ThresholdedConfidence.OfNegativeEntropy(perfect, Temperature.Fit(perfect)).Estimate(Some.Window(0.5f, 0.99f)).ShouldBe(1);
        ThresholdedConfidence.OfMaximum(perfect).Estimate(Some.Window(0.5f)).ShouldBe(1);
        var hopeless = Some.Reference((0.9f, false), (0.6f, false));
        ThresholdedConfidence.OfNegativeEntropy(hopeless, Temperature.Fit(hopeless)).Estimate(Some.Window(0.5f, 0.99f)).ShouldBe(0);
    }

    [Fact]
    public void The_reference_set_itself_always_gets_its_own_accuracy() =>
        Gen.Select(Gen.Int[0, 4].Select(i => (float)i).Array[1, 20], Gen.Int[0, 20]).Where((s, e) => e <= s.Length).Sample((scores, errors) =>
        {
            var cut = new ErrorCut(scores, errors);
            scores.Sum(cut.Right).ShouldBe(scores.Length - errors, 1e-9);
        });
}
