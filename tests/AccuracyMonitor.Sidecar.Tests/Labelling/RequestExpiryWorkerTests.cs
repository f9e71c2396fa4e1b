using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class RequestExpiryWorkerTests
{
    [Fact]
    public async Task Run_CountsOverdueRequestsAsUnanswered_OnceAndAlsoAfterARefusal()
    {
        await using var bench = await Workbench.OpenAsync("--Estimation:Windows:0=48h");
        await bench.Store.EnqueueAsync([bench.Request("a"), bench.Request("b")], [], TestContext.Current.CancellationToken);
        bench.Count(2);
        using var worker = Worker(bench);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        Unanswered(bench).ShouldBe(0);

        bench.Clock.Advance(TimeSpan.FromHours(25));
        bench.Refusal.Start("label_requests");
        await Should.ThrowAsync<StoreException>(() => worker.RunAsync(TestContext.Current.CancellationToken));
        Unanswered(bench).ShouldBe(0);

        bench.Refusal.End();
        await worker.RunAsync(TestContext.Current.CancellationToken);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        Unanswered(bench).ShouldBe(2);
        (await bench.Store.CountsAsync("m", "1", TestContext.Current.CancellationToken)).Expired.ShouldBe(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Run_WhileTheWallClockIsDaysAheadForSeconds_ExpiresNothingAndNoLeaseEnds(int days)
    {
        await using var bench = await Workbench.OpenAsync("--Estimation:Windows:0=48h");
        await bench.Store.EnqueueAsync([bench.Request("a"), bench.Request("b")], [], TestContext.Current.CancellationToken);
        bench.Count(2);
        using var worker = Worker(bench);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        var now = bench.Get<AgreedClock>().Read().Now;
        await bench.Store.LeaseAsync(new LeaseQuery { MaxItems = 1 }, now, TestContext.Current.CancellationToken);

        bench.Clock.Step(TimeSpan.FromDays(days));
        for (var second = 0; second < 4; second++)
        {
            await worker.RunAsync(TestContext.Current.CancellationToken);
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        bench.Clock.Step(TimeSpan.FromDays(-days));
        await worker.RunAsync(TestContext.Current.CancellationToken);
        var counts = await bench.Store.CountsAsync("m", "1", TestContext.Current.CancellationToken);
        (counts.Waiting, counts.Leased, counts.Expired).ShouldBe((1, 1, 0));
        Unanswered(bench).ShouldBe(0);

        // What is really overdue expires all the same, also after the jump.
        bench.Clock.Advance(TimeSpan.FromHours(25));
        await worker.RunAsync(TestContext.Current.CancellationToken);
        (await bench.Store.CountsAsync("m", "1", TestContext.Current.CancellationToken)).Expired.ShouldBe(2);
    }

    [Fact]
    public async Task FirstRun_AfterAStartWithAWrongClock_LetsWhatThatExpiredWaitAgain()
    {
        await using var bench = await Workbench.OpenAsync("--Estimation:Windows:0=48h");
        await bench.Store.EnqueueAsync([bench.Request("a"), bench.Request("b")], [], TestContext.Current.CancellationToken);
        bench.Count(2);
        bench.Clock.Step(TimeSpan.FromDays(1.5));
        using (var wrong = Worker(bench, new AgreedClock(bench.Clock)))
        {
            await wrong.RunAsync(TestContext.Current.CancellationToken);
        }

        (await bench.Store.CountsAsync("m", "1", TestContext.Current.CancellationToken)).Expired.ShouldBe(2);
        bench.Clock.Step(TimeSpan.FromDays(-1.5));
        using var right = Worker(bench, new AgreedClock(bench.Clock));
        await right.RunAsync(TestContext.Current.CancellationToken);
        (await bench.Store.CountsAsync("m", "1", TestContext.Current.CancellationToken)).Waiting.ShouldBe(2);
        Unanswered(bench).ShouldBe(0);
    }

    private static RequestExpiryWorker Worker(Workbench bench, AgreedClock? clock = null) => new(
        bench.Store,
        bench.Get<LabelApplier>(),
        bench.Get<AccuracyMonitorMetrics>(),
        Options.Create(new LabellingOptions()),
        clock ?? bench.Get<AgreedClock>(),
        bench.Get<WorkFailures>());

    private static long Unanswered(Workbench bench)
    {
        using var copy = bench.Model.AllTraffic.CopyWindow(0, bench.Clock.GetUtcNow());
        return copy.Buckets[0].Labels.Unanswered;
    }
}
