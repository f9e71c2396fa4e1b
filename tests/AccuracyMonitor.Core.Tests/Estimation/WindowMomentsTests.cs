using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class WindowMomentsTests
{
    /// <summary>Two strata: a quarter and two thirds of the requests are answered. Each label then stands for 4/π and 1.5/π predictions, scaled so that all
    /// stand for the 300 predictions.</summary>
    [Fact]
    public void Of_two_strata_weighs_each_label_by_the_requests_per_answer_of_its_stratum()
    {
        var random = new Random(2);
        LabelPoint[] first = Labels(random, 10), second = Labels(random, 12);
        Bucket[] buckets = [BucketOf(first, 100, 40, 0), BucketOf(second, 200, 18, 1)];

        var moments = WindowMoments.Of(buckets);

        (LabelPoint Label, double Weight)[] weighted =
        [
            .. first.Select(l => (l, 4 / l.InclusionProbability)),
            .. second.Select(l => (l, 1.5 / l.InclusionProbability)),
        ];
        var scale = 300 / weighted.Sum(w => w.Weight);
        var expected = default(LabelSums);
        foreach (var (label, weight) in weighted)
        {
            expected.Add(label with { InclusionProbability = 1 / (weight * scale) });
        }

        moments.Labels.ShouldBe(22);
        moments.Predictions.ShouldBe(300);
        moments.MeanScore.ShouldBe(0.7, 1e-12);
        var (actual, wanted) = (Values(moments.Sums), Values(expected));
        for (var i = 0; i < wanted.Length; i++)
        {
            actual[i].ShouldBe(wanted[i], 1e-9 * wanted[i], $"sum {i}");
        }
    }

    [Fact]
    public void Of_given_sums_are_scaled_to_the_predictions()
    {
        var sums = WindowEstimatorTests.SumsOf([new(0.5, 0.5, true), new(0.5, 0.25, false)]);

        var moments = WindowMoments.Of(60, 0.5, sums);

        moments.Sums.W.ShouldBe(60, 1e-12);
        moments.Sums.WY.ShouldBe(20, 1e-12);
        moments.Sums.W2.ShouldBe(2000, 1e-9);
    }

    // Ten labels end a stratum; the three that are left join the one before. Labels without a covered prediction count nowhere.
    [Fact]
    public void Factors_are_the_requests_per_answer_of_each_stratum()
    {
        var random = new Random(3);
        Bucket[] buckets =
        [
            BucketOf(Labels(random, 10), 0, 30, 0),
            BucketOf(Labels(random, 9), 50, 20, 1),
            BucketOf(Labels(random, 1), 50, 5, 2),
            BucketOf(Labels(random, 10), 50, 10, 3),
            BucketOf(Labels(random, 3), 50, 16, 4),
        ];

        AnswerStrata.Factors(buckets).ShouldBe([(DateTimeOffset.UnixEpoch.AddMinutes(3), 2.5), (DateTimeOffset.MaxValue, 2.0)]);
    }

    [Fact]
    public void Of_a_stratum_without_labels_counts_its_predictions()
    {
        var moments = WindowMoments.Of([BucketOf([], 100, 4, 0)]);
        (moments.Labels, moments.Predictions, moments.Sums).ShouldBe((0, 100, default));
        double.IsNaN(WindowMoments.Of([]).MeanScore).ShouldBeTrue();
    }

    private static double[] Values(LabelSums s) =>
        [s.W, s.W2, s.WY, s.W2Y, s.WG, s.W2G, s.W2YG, s.W2G2, s.W3, s.W3Y, s.W3G, s.W3YG, s.W3G2, s.W3YG2, s.W3G3];

    private static LabelPoint[] Labels(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new LabelPoint(random.NextDouble(), 0.05 + (0.5 * random.NextDouble()), i % 3 > 0))];

    private static Bucket BucketOf(LabelPoint[] labels, int covered, int requested, int minute) => new(
        DateTimeOffset.UnixEpoch.AddMinutes(minute),
        TimeSpan.FromMinutes(1),
        new PredictionSums { Count = covered, CoveredCount = covered, CoveredScore = 0.7 * covered, Requested = requested },
        WindowEstimatorTests.SumsOf(labels));
}
