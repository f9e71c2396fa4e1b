using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Estimation;

public class AnswerStrataTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Width = TimeSpan.FromSeconds(5);

    private static readonly Gen<Bucket[]> Windows = Gen.Select(
        Gen.Int[0, 12], Gen.Int[0, 12], Gen.Int[0, 4], Gen.Int[0, 4], (labels, open, unanswered, covered) => (labels, open, unanswered, covered: 20 * covered))
        .Array[0, 30]
        .Select(counts => counts.Select((c, i) => Bucket(i, c.labels, c.open, c.unanswered, c.covered)).ToArray());

    [Fact]
    public void Of_AnyWindow_SetsAsideWhatTheDefinitionSays() => Windows.Sample(buckets =>
    {
        // Open requests less the others, over the stretch from each bucket on; the shortest stretch with the most, if it leaves ten labels and
        // as many as it has itself.
        var all = buckets.Sum(b => b.Labels.Count);
        var expected = Enumerable.Range(1, Math.Max(0, buckets.Length - 1)).Where(b =>
            {
                var tail = buckets[b..];
                var labels = tail.Sum(x => x.Labels.Count);
                return Surplus(tail) > 0 && all - labels >= 10 && all - labels >= labels;
            })
            .OrderByDescending(b => Surplus(buckets[b..]))
            .ThenByDescending(b => b)
            .FirstOrDefault(buckets.Length);

        var strata = AnswerStrata.Of(buckets);

        strata.Buckets.ShouldBe(expected);
        strata.Until.ShouldBe(expected < buckets.Length ? Start + (expected * Width) : null);

        static long Surplus(Bucket[] tail) =>
            tail.Sum(b => (2 * Math.Max(0, b.Predictions.Requested - b.Labels.Count - b.Labels.Unanswered)) - b.Predictions.Requested);
    });

    [Fact]
    public void Factors_AnyWindow_MakeEachStretchsLabelsStandForItsRequests() => Windows.Sample(buckets =>
    {
        var factors = AnswerStrata.Factors(buckets);

        factors[^1].End.ShouldBe(DateTimeOffset.MaxValue);
        var from = DateTimeOffset.MinValue;
        foreach (var (end, perAnswer) in factors)
        {
            end.ShouldBeGreaterThan(from);
            var stretch = buckets.Where(b => b.Start >= from && b.Start < end && b.Predictions.CoveredCount > 0).ToArray();
            var labels = stretch.Sum(b => b.Labels.Count);
            (factors.Count == 1 || labels >= 10).ShouldBeTrue();
            (labels * perAnswer).ShouldBe(stretch.Where(_ => labels > 0).Sum(b => b.Predictions.Requested), 1e-6);
            from = end;
        }
    });

    [Fact]
    public void Factors_MoreLabelsThanRequests_AreOne()
    {
        var bucket = Bucket(0, labels: 12, open: 0, unanswered: 0);
        AnswerStrata.Factors([bucket with { Predictions = bucket.Predictions with { Requested = 3 } }]).ShouldBe([(DateTimeOffset.MaxValue, 1.0)]);
    }

    [Fact]
    public void Of_ShiftWithinTheOpenLabels_LeavesAnIntervalThatHoldsWhereItSpeaksAndWouldNotHoldForAll()
    {
        // 90 % right for 50 s, then 20 %; no label of the last 10 s is in.
        var random = new Random(5);
        var buckets = Enumerable.Range(0, 12).Select(b =>
        {
            var (made, labels) = (default(PredictionSums), default(LabelSums));
            for (var i = 0; i < 1000; i++)
            {
                made.Add(new PredictionPoint(0.8, 0.8, Covered: true));
                if (i % 25 == 0)
                {
                    made.Requested++;
                    if (b < 10)
                    {
                        labels.Add(new LabelPoint(0.8, 1 / 25.0, random.NextDouble() < 0.9));
                    }
                }
            }

            return new Bucket(Start + (b * Width), Width, made, labels);
        }).ToArray();

        var estimate = WindowEstimator.Estimate(buckets, monitorValid: true, new EstimatorOptions());
        var moments = WindowMoments.Of(buckets);
        var uncut = AuditedAccuracy.Estimate(EstimateKind.Audited, moments, AuditedAccuracy.Lambda(moments.Sums), 0.05);

        estimate.AnsweredUntil.ShouldBe(Start + (10 * Width));
        estimate.Audited.Lower.ShouldBeLessThan(0.9);
        estimate.Audited.Upper.ShouldBeGreaterThan(0.9);
        const double WholeTruth = ((10 * 0.9) + (2 * 0.2)) / 12;
        uncut.Lower.ShouldBeGreaterThan(WholeTruth);
    }

    private static Bucket Bucket(int place, int labels, int open, int unanswered, int covered = 50)
    {
        var sums = new LabelSums { Unanswered = unanswered };
        for (var i = 0; i < labels; i++)
        {
            sums.Add(new LabelPoint(0.8, 0.1, Correct: true));
        }

        return new Bucket(Start + (place * Width), Width, new PredictionSums { CoveredCount = covered, Requested = labels + open + unanswered }, sums);
    }
}
