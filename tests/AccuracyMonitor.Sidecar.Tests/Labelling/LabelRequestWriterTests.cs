using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class LabelRequestWriterTests
{
    private const RowOutcome Repeated = RowOutcome.Duplicate | RowOutcome.Requested;

    [Fact]
    public async Task Write_Stored_CommitsTheSumsWithTheRequests()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Count();
        var batch = bench.Batch(("a", RowOutcome.Requested));

        Writer(bench).Write(bench.Model, [bench.Request("a")], [batch]);
        await batch.Done.Task;

        batch.Outcomes[0].ShouldBe(RowOutcome.Requested);
        (await bench.StoredAsync()).ShouldBe(1);
        BucketLease.Take(bench.Model.AllSeries).Rows.ShouldBeEmpty();
        bench.Model.Pending.TakeFailed().ShouldBeEmpty();
        bench.Model.Pending.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Write_Refused_LeavesTheSumsUnsavedAndWithdrawsTheRequests()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Count();
        bench.Refusal.Start("prediction_buckets");
        var batch = bench.Batch(("a", RowOutcome.Requested), ("b", RowOutcome.Counted));

        Writer(bench).Write(bench.Model, [bench.Request("a")], [batch]);
        await batch.Done.Task;

        (batch.Outcomes[0], batch.Outcomes[1]).ShouldBe((RowOutcome.Counted, RowOutcome.Counted));
        BucketLease.Take(bench.Model.AllSeries).Rows.ShouldAllBe(r => r.Snapshot.Sums.Count == 1);
        Unanswered(bench).ShouldBe(1);
        bench.Model.Pending.TakeFailed().ShouldBe(["a"]);

        // The next request carries them.
        bench.Refusal.End();
        var next = bench.Batch(("c", RowOutcome.Requested));
        Writer(bench).Write(bench.Model, [bench.Request("c")], [next]);
        await next.Done.Task;
        (await bench.StoredAsync()).ShouldBe(1);
        BucketLease.Take(bench.Model.AllSeries).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_FailsByADefect_IsCountedAsOne()
    {
        await using var bench = await Workbench.OpenAsync();
        var batch = bench.Batch(("a", RowOutcome.Requested));

        Writer(bench).Write(bench.Model, [bench.Request("a") with { Probabilities = null! }], [batch]);
        await batch.Done.Task;

        batch.Outcomes[0].ShouldBe(RowOutcome.Counted);
        bench.InternalErrors("requests").ShouldBe(1);
    }

    [Fact]
    public async Task Write_Refused_TakesTheMarkOfItsOwnRequestsOnly()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Refusal.Start("label_requests");
        var batch = bench.Batch(("durable", Repeated), ("a", RowOutcome.Requested), ("a", Repeated));

        Writer(bench).Write(bench.Model, [bench.Request("a")], [batch]);
        await batch.Done.Task;

        batch.Outcomes[..3].ShouldBe([Repeated, RowOutcome.Counted, RowOutcome.Duplicate]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Duplicate_OfARequestOnItsWay_IsToldWhatBecameOfIt(bool refused)
    {
        await using var bench = await Workbench.OpenAsync();
        var (first, repeated, unrelated) = (bench.Batch(("a", RowOutcome.Requested)), bench.Batch(("a", Repeated)), bench.Batch(("durable", Repeated)));
        using (var held = bench.Refusal.Hold(refused ? "label_requests" : null))
        {
            Writer(bench).Write(bench.Model, [bench.Request("a")], [first]);
            Writer(bench).Write(bench.Model, null, [repeated, unrelated]);
            unrelated.Done.Task.IsCompleted.ShouldBeTrue();
            repeated.Done.Task.IsCompleted.ShouldBeFalse();
        }

        await Task.WhenAll(first.Done.Task, repeated.Done.Task);
        first.Outcomes[0].ShouldBe(refused ? RowOutcome.Counted : RowOutcome.Requested);
        repeated.Outcomes[0].ShouldBe(refused ? RowOutcome.Duplicate : Repeated);
        unrelated.Outcomes[0].ShouldBe(Repeated);
    }

    [Fact]
    public async Task Write_WithoutRequests_CompletesAtOnce()
    {
        await using var bench = await Workbench.OpenAsync();
        var batch = bench.Batch(("a", RowOutcome.Counted), ("b", RowOutcome.OutOfRange));
        Writer(bench).Write(bench.Model, null, [batch]);
        batch.Done.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private static LabelRequestWriter Writer(Workbench bench) =>
        new(bench.Store, bench.Clock, bench.Get<AccuracyMonitorMetrics>(), bench.Get<InternalErrorCounter>(), NullLogger<LabelRequestWriter>.Instance);

    private static long Unanswered(Workbench bench)
    {
        using var copy = bench.Model.AllTraffic.CopyWindow(0, bench.Clock.GetUtcNow());
        return copy.Buckets[0].Labels.Unanswered;
    }
}
