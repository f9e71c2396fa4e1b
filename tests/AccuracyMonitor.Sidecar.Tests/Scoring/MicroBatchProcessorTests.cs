using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Tests.Support;

namespace AccuracyMonitor.Sidecar.Tests.Scoring;

public sealed class MicroBatchProcessorTests
{
    [Fact]
    public async Task Process_TwoBatchesTogether_AreScoredByOneMonitorAndCountedOnce()
    {
        await using var bench = await Workbench.OpenAsync("--Sampling:Budget=0.0001");
        var scorer = Adopt(bench, "a");
        ScoreBatch[] together = [Batch(bench, "p-0", "p-1"), Batch(bench, "p-2")];

        bench.Get<MicroBatchProcessor>().Process(together);
        await Task.WhenAll(together.Select(b => b.Done.Task));

        scorer.Rows.ShouldBe(3);
        together.ShouldAllBe(b => b.MonitorVersion == "a");
        together[0].Scores[1].ShouldBe(0.88f, 0.01f);
        Counted(bench).ShouldBe(3);
    }

    [Fact]
    public async Task Process_IdThatWasCounted_AnswersAsBeforeAndCountsNothing()
    {
        await using var bench = await Workbench.OpenAsync("--Sampling:Budget=0.0001");
        Adopt(bench, "a");
        await ProcessAsync(bench, Batch(bench, "p"));
        Adopt(bench, "b", logit: -2);
        var again = Batch(bench, "p");

        await ProcessAsync(bench, again);

        again.Outcomes[0].Has(RowOutcome.Duplicate).ShouldBeTrue();
        again.Scores[0].ShouldBe(0.88f, 0.01f);
        Counted(bench).ShouldBe(1);
    }

    [Fact]
    public async Task Process_PredictionOlderThanEveryWindow_IsScoredAndNotCounted()
    {
        await using var bench = await Workbench.OpenAsync("--Sampling:Budget=0.0001");
        Adopt(bench, "a");
        var late = Batch(bench, "p");
        late.Times[0] = Workbench.Start.AddDays(-40);

        await ProcessAsync(bench, late);

        late.Outcomes[0].ShouldBe(RowOutcome.OutOfRange);
        late.Scores[0].ShouldBe(0.88f, 0.01f);
        Counted(bench).ShouldBe(0);
    }

    [Fact]
    public async Task Process_ScorerFails_LeavesTheLeaseReturnedSoThatAReplacedScorerIsDisposed()
    {
        await using var bench = await Workbench.OpenAsync();
        var broken = Adopt(bench, "a");
        broken.Fail = true;
        Should.Throw<InvalidOperationException>(() => bench.Get<MicroBatchProcessor>().Process([Batch(bench, "p")]));

        Adopt(bench, "b");

        broken.Disposed.ShouldBe(1);
    }

    private static CountingScorer Adopt(Workbench bench, string version, float logit = 2)
    {
        var scorer = new CountingScorer(version, logit);
        using var next = scorer.ToMonitor();
        bench.Model.Adopt(next);
        return scorer;
    }

    private static ScoreBatch Batch(Workbench bench, params string[] ids)
    {
        var batch = bench.Batch([.. ids.Select(id => (id, RowOutcome.Counted))]);
        for (var row = 0; row < ids.Length; row++)
        {
            batch.Times[row] = bench.Clock.GetUtcNow();
            (batch.Row(row)[0], batch.Row(row)[1]) = (0.75f, 0.25f);
        }

        return batch;
    }

    private static async Task ProcessAsync(Workbench bench, ScoreBatch batch)
    {
        bench.Get<MicroBatchProcessor>().Process([batch]);
        await batch.Done.Task;
    }

    private static long Counted(Workbench bench)
    {
        using var copy = bench.Model.AllTraffic.CopyWindow(0, bench.Clock.GetUtcNow());
        long count = 0;
        foreach (ref readonly var bucket in copy.Buckets)
        {
            count += bucket.Predictions.Count;
        }

        return count;
    }
}
