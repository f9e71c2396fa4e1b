using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class WindowEstimatorTests
{
    private static readonly EstimatorOptions NoGuards = new() { MinSamples = 1, MinLabels = 1 };

    [Fact]
    public void Numbers_worked_by_hand()
    {
        // Scores 0.9, 0.8, 0.6, 0.5, each chosen with probability a half; the first and the last were, and were right and wrong.
        // Cov = 0.1 and Var = 0.04 give λ = 2.5, cut to 1; 0.7 + (0.1 − 0.5)/2 = 0.5; V = (0.3² + 0.3²)·4/16, half of it known.
        var bucket = BucketOf([0.9, 0.8, 0.6, 0.5], [new(0.9, 0.5, true), new(0.5, 0.5, false)]);

        var estimate = WindowEstimator.Estimate([bucket], true, NoGuards);

        estimate.Lambda.ShouldBe(1);
        estimate.Audited.Value.ShouldBe(0.5, 1e-12);
        estimate.Labelled.Value.ShouldBe(0.5, 1e-12);
        estimate.LabelFree.Value.ShouldBe(0.7, 1e-12);
        estimate.Audited.EffectiveSamples.ShouldBe(4);
        var spread = new WeightedResiduals(bucket.Labels, 1, -0.2);
        spread.Variance.ShouldBe(0.0225, 1e-12);
        spread.ThirdCumulant.ShouldBe(0, 1e-12);
        spread.LabelShare.ShouldBe(0.25, 1e-12);
        spread.KishSize.ShouldBe(2, 1e-12);
    }

    [Fact]
    public void Residual_moments_are_those_of_the_residuals()
    {
        LabelPoint[] labels = [new(0.9, 0.01, true), new(0.6, 0.03, false), new(0.3, 0.02, true), new(0.95, 0.005, false)];
        const double Lambda = 0.7;
        var w = labels.Select(l => 1 / l.InclusionProbability).ToArray();
        var e = labels.Select(l => (l.Correct ? 1 : 0) - (Lambda * l.Score)).ToArray();
        var mean = w.Zip(e, (a, b) => a * b).Sum() / w.Sum();

        var spread = new WeightedResiduals(SumsOf(labels), Lambda, mean);

        var rest = 1 - (w.Sum() / w.Sum(x => x * x));
        spread.Variance.ShouldBe(w.Zip(e, (a, b) => a * a * (b - mean) * (b - mean)).Sum() / Math.Pow(w.Sum(), 2) * rest, 1e-12);
        spread.ThirdCumulant.ShouldBe(w.Zip(e, (a, b) => Math.Pow(a * (b - mean), 3)).Sum() / Math.Pow(w.Sum(), 3) * rest * rest, 1e-12);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Labels_that_are_all_right_leave_Wilsons_room_for_errors(int labels)
    {
        var bucket = BucketOf(
            Enumerable.Repeat(0.9, 1_000_000).ToArray(), Enumerable.Repeat(new LabelPoint(0.9, labels / 1e6, true), labels).ToArray());

        var audited = WindowEstimator.Estimate([bucket], true, NoGuards).Audited;

        audited.Value.ShouldBe(1);
        audited.Upper.ShouldBe(1);

        // One in a thousand is labelled at most: that much narrower than for an endless stream.
        audited.Lower.ShouldBe(BinomialInterval.Wilson(labels, labels, 0.05).Lower, 5e-3 / labels);
    }

    [Fact]
    public void Labels_that_are_all_wrong_are_the_mirror_image()
    {
        var right = BucketOf([0.9, 0.9, 0.4, 0.9], [new(0.9, 0.1, true), new(0.4, 0.2, true)]);
        var wrong = BucketOf([0.9, 0.9, 0.4, 0.9], [new(0.9, 0.1, false), new(0.4, 0.2, false)]);

        var up = WindowEstimator.Estimate([right], true, NoGuards).Audited;
        var down = WindowEstimator.Estimate([wrong], true, NoGuards).Audited;

        down.Value.ShouldBe(0);
        down.Lower.ShouldBe(0);
        down.Upper.ShouldBe(1 - up.Lower, 1e-12);
    }

    [Fact]
    public void With_every_prediction_labelled_nothing_is_left_to_chance()
    {
        var bucket = BucketOf([0.9, 0.2, 0.7], [new(0.9, 1, true), new(0.2, 1, false), new(0.7, 1, true)]);

        var audited = WindowEstimator.Estimate([bucket], true, NoGuards).Audited;

        audited.Value.ShouldBe(2.0 / 3, 1e-12);
        audited.Lower.ShouldBe(audited.Value);
        audited.Upper.ShouldBe(audited.Value);
    }

    [Fact]
    public void Scores_of_exactly_0_and_1_are_taken()
    {
        var bucket = BucketOf([1, 1, 0, 1, 0], [new(1, 0.5, false), new(0, 0.5, true), new(1, 0.5, true)]);

        var estimate = WindowEstimator.Estimate([bucket], true, NoGuards);

        foreach (var one in new[] { estimate.LabelFree, estimate.Labelled, estimate.Audited })
        {
            one.State.ShouldBe(EstimateState.Ok);
            one.Lower.ShouldBeLessThanOrEqualTo(one.Value);
            one.Upper.ShouldBeGreaterThanOrEqualTo(one.Value);
            one.EffectiveSamples.ShouldBeGreaterThan(0);
        }

        estimate.LabelFree.Value.ShouldBe(0.6, 1e-12);
    }

    [Fact]
    public void One_label_is_enough_when_asked_for_and_says_little()
    {
        var bucket = BucketOf(Enumerable.Repeat(0.8, 100).ToArray(), [new(0.8, 0.01, true)]);

        var audited = WindowEstimator.Estimate([bucket], true, NoGuards).Audited;

        audited.State.ShouldBe(EstimateState.Ok);
        (audited.Upper - audited.Lower).ShouldBeGreaterThan(0.7);
    }

    [Fact]
    public void Guards_give_a_state_and_no_number()
    {
        var options = new EstimatorOptions { MinSamples = 5, MinLabels = 2 };
        var few = WindowEstimator.Estimate([BucketOf([0.5, 0.5], [new(0.5, 0.5, true)])], true, options);
        few.LabelFree.State.ShouldBe(EstimateState.InsufficientSamples);
        few.Labelled.State.ShouldBe(EstimateState.InsufficientSamples);
        few.Audited.State.ShouldBe(EstimateState.InsufficientSamples);

        var unlabelled = WindowEstimator.Estimate([BucketOf([0.5, 0.5, 0.5, 0.5, 0.5], [new(0.5, 0.5, true)])], true, options);
        unlabelled.LabelFree.State.ShouldBe(EstimateState.Ok);
        unlabelled.Audited.State.ShouldBe(EstimateState.InsufficientLabels);
        unlabelled.Audited.Value.ShouldBe(double.NaN);
        unlabelled.Lambda.ShouldBe(0);
    }

    [Fact]
    public void An_empty_window_has_states_only()
    {
        var estimate = WindowEstimator.Estimate([], true, NoGuards);

        estimate.Predictions.ShouldBe(0);
        estimate.MeanConfidence.ShouldBe(double.NaN);
        estimate.LabelFree.State.ShouldBe(EstimateState.InsufficientSamples);
        estimate.Audited.State.ShouldBe(EstimateState.InsufficientSamples);
    }

    [Fact]
    public void An_invalid_monitor_withdraws_the_label_free_number_and_no_other()
    {
        var bucket = BucketOf([0.9, 0.8, 0.6, 0.5], [new(0.9, 0.5, true), new(0.5, 0.5, false)]);

        var estimate = WindowEstimator.Estimate([bucket], false, NoGuards);

        estimate.LabelFree.State.ShouldBe(EstimateState.MonitorInvalid);
        estimate.LabelFree.Value.ShouldBe(double.NaN);
        estimate.Audited.State.ShouldBe(EstimateState.Ok);
    }

    [Fact]
    public void Requests_are_answered_unanswered_or_pending()
    {
        var bucket = BucketOf(Enumerable.Repeat(0.8, 100).ToArray(), [new(0.8, 0.1, true), new(0.8, 0.1, true)]);
        var labels = bucket.Labels;
        labels.Unanswered = 3;
        var predictions = bucket.Predictions;
        predictions.Requested = 9;

        var estimate = WindowEstimator.Estimate([bucket with { Labels = labels, Predictions = predictions }], true, NoGuards);

        (estimate.Requested, estimate.Labels, estimate.Unanswered, estimate.Pending).ShouldBe((9, 2, 3, 4));
    }

    [Fact]
    public void Labels_of_a_time_whose_predictions_are_unknown_stand_for_nothing()
    {
        var known = BucketOf(Enumerable.Repeat(0.8, 100).ToArray(), [new(0.8, 0.02, true), new(0.8, 0.02, true)]);
        var lost = BucketOf([], [new(0.8, 0.02, false), new(0.8, 0.02, false)]);

        var estimate = WindowEstimator.Estimate([lost, known], true, NoGuards);

        estimate.Labels.ShouldBe(4);
        estimate.Audited.Value.ShouldBe(1);
    }

    [Fact]
    public void The_reference_sets_error_widens_the_label_free_interval()
    {
        var bucket = BucketOf(Enumerable.Repeat(0.8, 10_000).ToArray(), []);

        var without = WindowEstimator.Estimate([bucket], true, NoGuards).LabelFree;
        var with = WindowEstimator.Estimate([bucket], true, NoGuards with { LabelFreeReferenceStandardError = 0.01 }).LabelFree;

        (without.Upper - without.Lower).ShouldBe(2 * 1.96 * 0.004, 1e-4);
        (with.Upper - with.Lower).ShouldBe(2 * 1.96 * Math.Sqrt((0.004 * 0.004) + (0.01 * 0.01)), 3e-4);
    }

    [Theory]
    [InlineData(0, 50, 10, 0, "Alpha")]
    [InlineData(0.6, 50, 10, 0, "Alpha")]
    [InlineData(double.NaN, 50, 10, 0, "Alpha")]
    [InlineData(0.05, 0, 10, 0, "MinSamples")]
    [InlineData(0.05, 50, 0, 0, "MinLabels")]
    [InlineData(0.05, 50, 10, -0.1, "LabelFreeReferenceStandardError")]
    public void Options_out_of_range_are_refused(double alpha, int samples, int labels, double reference, string name)
    {
        var options = new EstimatorOptions
        {
            Alpha = alpha,
            MinSamples = samples,
            MinLabels = labels,
            LabelFreeReferenceStandardError = reference,
        };
        Should.Throw<ArgumentOutOfRangeException>(() => WindowEstimator.Estimate([], true, options)).ParamName.ShouldBe(name);
    }

    [Fact]
    public void Too_few_labels_tune_nothing()
    {
        var bucket = BucketOf([0.9, 0.8, 0.6, 0.5], [new(0.9, 0.5, true), new(0.5, 0.5, false)]);
        WindowEstimator.Estimate([bucket], true, NoGuards with { MinLabels = 3 }).Lambda.ShouldBe(0);
        WindowEstimator.Estimate([bucket], true, NoGuards with { MinSamples = 5 }).Lambda.ShouldBe(0);
    }

    [Fact]
    public void Options_at_their_bounds_are_accepted()
    {
        var bucket = BucketOf([0.9], [new(0.9, 0.5, true)]);
        var options = new EstimatorOptions { Alpha = 0.5, MinSamples = 1, MinLabels = 1, LabelFreeReferenceStandardError = 0.5 };
        WindowEstimator.Estimate([bucket], true, options).Audited.State.ShouldBe(EstimateState.Ok);
        Should.Throw<ArgumentOutOfRangeException>(() => WindowEstimator.Estimate([], true, new EstimatorOptions { LabelFreeReferenceStandardError = 0.6 }));
    }

    [Fact]
    public void More_answers_than_requests_leave_none_pending()
    {
        var bucket = BucketOf([0.9], [new(0.9, 0.5, true)]);
        WindowEstimator.Estimate([bucket with { Predictions = bucket.Predictions with { Requested = 0 } }], true, NoGuards).Pending.ShouldBe(0);
    }

    [Fact]
    public void The_confidence_is_the_mean_over_the_predictions() =>
        WindowEstimator.Estimate([BucketOf([0.9, 0.5], []), BucketOf([0.4], [])], true, NoGuards).MeanConfidence.ShouldBe(0.6, 1e-12);

    internal static LabelSums SumsOf(IEnumerable<LabelPoint> labels)
    {
        var sums = default(LabelSums);
        foreach (var label in labels)
        {
            sums.Add(label);
        }

        return sums;
    }

    internal static Bucket BucketOf(double[] scores, LabelPoint[] labels, int minute = 0)
    {
        var predictions = default(PredictionSums);
        foreach (var g in scores)
        {
            predictions.Add(new PredictionPoint(g, g, Covered: true));
        }

        predictions.Requested = labels.Length;
        return new Bucket(DateTimeOffset.UnixEpoch.AddMinutes(minute), TimeSpan.FromMinutes(1), predictions, SumsOf(labels));
    }
}
