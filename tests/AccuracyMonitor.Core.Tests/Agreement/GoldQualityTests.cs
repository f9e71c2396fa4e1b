using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Estimation;

namespace AccuracyMonitor.Core.Tests.Agreement;

public class GoldQualityTests
{
    private const double Level = 0.05;

    [Fact]
    public void Errors_are_told_by_what_the_model_had_said_and_by_annotator()
    {
        GoldAnswer[] answers =
        [
            Gold("ann", answered: 1, truth: 1, predicted: 1),
            Gold("ann", answered: 2, truth: 1, predicted: 1),
            Gold("ann", answered: 1, truth: 1, predicted: 1),
            Gold("ann", answered: 1, truth: 1, predicted: 1),
            Gold("bob", answered: 0, truth: 2, predicted: 0),
            Gold("bob", answered: 2, truth: 2, predicted: 0),
            Gold("bob", answered: 2, truth: 1, predicted: 1, isLabel: false),
        ];

        var quality = GoldQuality.Of(answers, Level);

        (quality.Error!.Answers, quality.Error.Rate.Value).ShouldBe((6, 2 / 6.0));
        quality.Error.StandardError.ShouldBe(Math.Sqrt(2 / 9.0 / 6), 1e-12);
        (quality.WhereRight!.Answers, quality.WhereRight.Rate.Value).ShouldBe((4, 0.25));
        (quality.WhereWrong!.Answers, quality.WhereWrong.Rate.Value).ShouldBe((2, 0.5));
        quality.Annotators.Select(a => (a.Annotator, a.Error.Answers, Math.Round(a.Error.Rate.Value, 6))).ShouldBe([("ann", 4, 0.25), ("bob", 3, 0.666667)]);
        quality.Confusions.ShouldBe([new Confusion(1, 2, 2), new Confusion(2, 0, 1)]);
    }

    [Fact]
    public void Rates_stand_for_all_predictions_and_not_for_the_requests_as_they_were_drawn()
    {
        var quality = GoldQuality.Of([Gold("ann", 1, 1, 1, inclusion: 0.25), Gold("ann", 0, 1, 1, inclusion: 1)], Level);

        quality.Error!.Rate.Value.ShouldBe(1 / 5.0, 1e-12);
        quality.Error.StandardError.ShouldBe(Math.Sqrt(0.2 * 0.8 / (25 / 17.0)), 1e-12);
    }

    [Fact]
    public void The_correction_is_Rogan_and_Gladens_and_holds_the_uncertainty_of_both_rates()
    {
        var gold = GoldQuality.Of([.. Labels(right: 100, wrongOfRight: 3, wrong: 60, following: 18)], Level);

        var corrected = NoiseCorrection.ByGold(new Interval(0.9365, 0.93, 0.943), gold)!;

        corrected.State.ShouldBe(CorrectionState.Ok);
        corrected.Identified.ShouldBe(0.67, 1e-12);
        corrected.Accuracy.Value.ShouldBe((0.9365 - 0.3) / 0.67, 1e-12);
        corrected.Accuracy.Width.ShouldBeGreaterThan(0.013 / 0.67);
    }

    [Theory]
    [InlineData(49, 30)]
    [InlineData(50, 29)]
    public void Too_few_gold_items_correct_nothing(int right, int wrong) =>
        NoiseCorrection.ByGold(new Interval(0.9, 0.88, 0.92), GoldQuality.Of([.. Labels(right, 0, wrong, 0)], Level)).ShouldBeNull();

    [Fact]
    public void Without_an_estimate_or_where_labels_follow_the_model_the_correction_is_refused()
    {
        var following = GoldQuality.Of([.. Labels(right: 50, wrongOfRight: 0, wrong: 30, following: 16)], Level);

        NoiseCorrection.ByGold(new Interval(0.9, 0.88, 0.92), following)!.State.ShouldBe(CorrectionState.NotIdentified);
        NoiseCorrection.ByGold(new Interval(double.NaN, double.NaN, double.NaN), following)!.State.ShouldBe(CorrectionState.NoEstimate);
    }

    [Fact]
    public void Without_answers_nothing_is_said()
    {
        var quality = GoldQuality.Of([], Level);

        (quality.Error, quality.WhereRight, quality.WhereWrong).ShouldBe((null, null, null));
        quality.Annotators.ShouldBeEmpty();
    }

    private static IEnumerable<GoldAnswer> Labels(int right, int wrongOfRight, int wrong, int following) =>
    [
        .. Enumerable.Range(0, right).Select(i => Gold("ann", i < wrongOfRight ? 1 : 0, truth: 0, predicted: 0)),
        .. Enumerable.Range(0, wrong).Select(i => Gold("ann", i < following ? 0 : 1, truth: 1, predicted: 0)),
    ];

    private static GoldAnswer Gold(string annotator, int answered, int truth, int predicted, double inclusion = 0.5, bool isLabel = true) =>
        new(new Vote(annotator, answered), truth, predicted, inclusion, isLabel);
}
