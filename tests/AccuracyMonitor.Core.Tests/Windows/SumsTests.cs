using AccuracyMonitor.Core.Windows;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Windows;

public class SumsTests
{
    // Dyadic values: their sums and products are exact, so that the order of adding cannot show.
    private static readonly Gen<double> Score = Gen.Int[0, 64].Select(i => i / 64.0);
    private static readonly Gen<LabelPoint> Label =
        Gen.Select(Score, Gen.Int[0, 6], Gen.Bool, (g, e, y) => new LabelPoint(g, Math.Pow(2, -e), y));

    private static readonly Gen<PredictionPoint> Prediction = Gen.Select(Score, Score, Gen.Bool, (g, c, v) => new PredictionPoint(g, c, v));

    [Fact]
    public void Label_sums_are_what_their_names_say() =>
        Label.Array[0, 50].Sample(
            points =>
            {
                var sums = new LabelSums();
                foreach (var point in points)
                {
                    sums.Add(point);
                }

                double Sum(Func<double, double, double, double> f) =>
                    points.Sum(p => f(1 / p.InclusionProbability, p.Correct ? 1 : 0, p.Score));
                sums.Count.ShouldBe(points.Length);
                sums.Correct.ShouldBe(points.Count(p => p.Correct));
                sums.W.ShouldBe(Sum((w, y, g) => w));
                sums.W2.ShouldBe(Sum((w, y, g) => w * w));
                sums.WY.ShouldBe(Sum((w, y, g) => w * y));
                sums.W2Y.ShouldBe(Sum((w, y, g) => w * w * y));
                sums.WG.ShouldBe(Sum((w, y, g) => w * g));
                sums.W2G.ShouldBe(Sum((w, y, g) => w * w * g));
                sums.W2YG.ShouldBe(Sum((w, y, g) => w * w * y * g));
                sums.W2G2.ShouldBe(Sum((w, y, g) => w * w * g * g));
                sums.W3.ShouldBe(Sum((w, y, g) => w * w * w));
                sums.W3Y.ShouldBe(Sum((w, y, g) => w * w * w * y));
                sums.W3G.ShouldBe(Sum((w, y, g) => w * w * w * g));
                sums.W3YG.ShouldBe(Sum((w, y, g) => w * w * w * y * g));
                sums.W3G2.ShouldBe(Sum((w, y, g) => w * w * w * g * g));
                sums.W3YG2.ShouldBe(Sum((w, y, g) => w * w * w * y * g * g));
                sums.W3G3.ShouldBe(Sum((w, y, g) => w * w * w * g * g * g));
            },
            iter: 200,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Prediction_sums_are_what_their_names_say() =>
        Prediction.Array[0, 50].Sample(
            points =>
            {
                var sums = new PredictionSums();
                foreach (var point in points)
                {
                    sums.Add(point);
                }

                var covered = points.Where(p => p.Covered).ToArray();
                sums.ShouldBe(new PredictionSums
                {
                    Count = points.Length,
                    Score = points.Sum(p => p.Score),
                    ScoreSquared = points.Sum(p => p.Score * p.Score),
                    ScoreVariance = points.Sum(p => p.Score * (1 - p.Score)),
                    Confidence = points.Sum(p => p.Confidence),
                    CoveredCount = covered.Length,
                    CoveredScore = covered.Sum(p => p.Score),
                    CoveredScoreSquared = covered.Sum(p => p.Score * p.Score),
                });
            },
            iter: 200,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Merging_the_sums_of_two_parts_gives_the_sums_of_the_whole() =>
        Gen.Select(Label.Array[0, 30], Label.Array[0, 30], Prediction.Array[0, 30], Prediction.Array[0, 30]).Sample(
            (a, b, p, q) =>
            {
                var (labels, predictions) = (Of(a), Of(p));
                labels.Merge(Of(b));
                predictions.Merge(Of(q));
                labels.ShouldBe(Of([.. a, .. b]));
                predictions.ShouldBe(Of([.. p, .. q]));
            },
            iter: 100,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Merging_adds_requests_and_those_without_an_answer()
    {
        var labels = new LabelSums { Unanswered = 3 };
        labels.Merge(new LabelSums { Unanswered = 4 });
        labels.Unanswered.ShouldBe(7);
        var predictions = new PredictionSums { Requested = 3 };
        predictions.Merge(new PredictionSums { Requested = 4 });
        predictions.Requested.ShouldBe(7);
    }

    [Fact]
    public void Taking_labels_back_leaves_the_sums_of_the_others() =>
        Gen.Select(Label.Array[0, 30], Label.Array[0, 30]).Sample(
            (kept, removed) =>
            {
                var sums = Of([.. kept, .. removed]);
                foreach (var point in removed)
                {
                    sums.Remove(point);
                }

                sums.ShouldBe(Of(kept));
            },
            iter: 100,
            threads: 1,
            seed: "0N0XIzNsQ0O2");

    [Fact]
    public void Taking_the_last_label_back_leaves_no_rounding_behind()
    {
        var sums = new LabelSums { Unanswered = 2 };
        LabelPoint[] points = [new(0.1, 0.003, true), new(0.7, 0.0123, true), new(0.93, 0.2, false)];
        foreach (var point in points)
        {
            sums.Add(point);
        }

        foreach (var point in points)
        {
            sums.Remove(point);
        }

        sums.ShouldBe(new LabelSums { Unanswered = 2 });
    }

    private static LabelSums Of(LabelPoint[] points)
    {
        var sums = new LabelSums();
        foreach (var point in points)
        {
            sums.Add(point);
        }

        return sums;
    }

    private static PredictionSums Of(PredictionPoint[] points)
    {
        var sums = new PredictionSums();
        foreach (var point in points)
        {
            sums.Add(point);
        }

        return sums;
    }
}
