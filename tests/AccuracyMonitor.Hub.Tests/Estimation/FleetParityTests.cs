using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using EstimateState = AccuracyMonitor.Core.Estimation.EstimateState;

namespace AccuracyMonitor.Hub.Tests.Estimation;

/// <summary>The fleet's estimate is that of one sidecar that saw everything.</summary>
[Collection(nameof(Postgres))]
public sealed class FleetParityTests(Postgres postgres)
{
    private const int Pods = 20;
    private const int Predictions = 20_000;

    [Fact]
    public async Task Predictions_dealt_out_to_many_pods_give_the_estimates_of_one_that_saw_all()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync(), "--Estimation:Windows:0=1h");
        var now = DateTimeOffset.UtcNow;
        var whole = new WindowSeries([Support.Reports.Hour]);
        WindowSeries[] pods = [.. Enumerable.Range(0, Pods).Select(_ => new WindowSeries([Support.Reports.Hour]))];
        ReportingSource[] sources = [.. Enumerable.Range(0, Pods).Select(i => new ReportingSource($"pod-{i}"))];
        List<ReportedRequest>[] requests = [.. Enumerable.Range(0, Pods).Select(_ => new List<ReportedRequest>())];
        var random = new Random(7);
        for (var i = 0; i < Predictions; i++)
        {
            var (pod, score) = (random.Next(Pods), random.NextDouble());
            var time = now - (random.NextDouble() * Support.Reports.Hour * 0.98);
            var point = new PredictionPoint(score, score, Covered: true);
            whole.AddPrediction(time, point, now).ShouldBeTrue();
            pods[pod].AddPrediction(time, point, now);
            var inclusion = 0.01 + (0.03 * random.NextDouble());
            if (random.NextDouble() >= inclusion)
            {
                continue;
            }

            // One in ten is still open and one in twenty skipped.
            var fate = random.NextDouble();
            var correct = random.NextDouble() < score;
            var request = Support.Reports.Request($"p{i}", time, (ulong)i + 1, fate < 0.85 ? correct ? 3U : 4U : null);
            (request.Score, request.InclusionProbability) = (score, inclusion);
            whole.AddRequest(time, now);
            if (fate < 0.85)
            {
                whole.AddLabel(time, new LabelPoint(score, inclusion, correct), now);
            }
            else if (fate < 0.9)
            {
                request.Progress = RequestProgress.Unanswered;
                whole.AddUnanswered(time, 1, now);
            }

            requests[pod].Add(request);
        }

        for (var pod = 0; pod < Pods; pod++)
        {
            List<BucketSnapshot> unsaved = [];
            pods[pod].CopyUnsaved(unsaved);
            var report = sources[pod].Next(now).With([.. unsaved.Select(ToWire)]).With([.. requests[pod]]);
            report.Models.Add(new ReportedModel
            {
                Model = Support.Reports.Model,
                Version = "1",
                ClassCount = 10,
                MonitorVersion = "m1",
                MonitorValid = true,
                Change = 1,
            });
            (await hub.Fleet.ReportAsync(report)).RefusedCount.ShouldBe(0UL);
        }

        var fleet = (await hub.Get<FleetEstimates>().EstimateAsync(now, CancellationToken.None)).Windows.ShouldHaveSingleItem().Estimate;
        var one = OneSidecar(whole, now);
        fleet.Predictions.ShouldBe(Predictions);
        (fleet.Labels, fleet.Requested, fleet.Unanswered).ShouldBe((one.Labels, one.Requested, one.Unanswered));
        fleet.AnsweredUntil.ShouldBe(one.AnsweredUntil);
        foreach (var (mine, his) in new[] { (fleet.LabelFree, one.LabelFree), (fleet.Labelled, one.Labelled), (fleet.Audited, one.Audited) })
        {
            mine.State.ShouldBe(EstimateState.Ok);
            mine.Value.ShouldBe(his.Value, 1e-9);
            mine.Lower.ShouldBe(his.Lower, 1e-9);
            mine.Upper.ShouldBe(his.Upper, 1e-9);
        }
    }

    private static Core.Estimation.WindowEstimate OneSidecar(WindowSeries series, DateTimeOffset now)
    {
        var buckets = new Bucket[series.MaxBuckets];
        var count = series.CopyWindow(0, now, buckets);
        return WindowEstimator.Estimate(buckets.AsSpan(0, count), monitorValid: true, new EstimatorOptions());
    }

    private static BucketSums ToWire(BucketSnapshot snapshot) => new()
    {
        Window = Duration.FromTimeSpan(snapshot.Window),
        Width = Duration.FromTimeSpan(snapshot.Window / 60),
        Start = Timestamp.FromDateTimeOffset(snapshot.Start),
        Change = (ulong)snapshot.Sequence,
        Predictions = (ulong)snapshot.Sums.Count,
        Score = snapshot.Sums.Score,
        ScoreSquared = snapshot.Sums.ScoreSquared,
        ScoreVariance = snapshot.Sums.ScoreVariance,
        Confidence = snapshot.Sums.Confidence,
        CoveredPredictions = (ulong)snapshot.Sums.CoveredCount,
        CoveredScore = snapshot.Sums.CoveredScore,
        CoveredScoreSquared = snapshot.Sums.CoveredScoreSquared,
    };
}
