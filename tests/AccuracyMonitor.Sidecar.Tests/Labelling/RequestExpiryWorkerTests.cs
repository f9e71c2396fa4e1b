using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Logging.Abstractions;
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
        using var worker = new RequestExpiryWorker(
            bench.Store,
            bench.Get<LabelApplier>(),
            bench.Get<AccuracyMonitorMetrics>(),
            Options.Create(new LabellingOptions()),
            bench.Clock,
            NullLogger<RequestExpiryWorker>.Instance);
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

    private static long Unanswered(Workbench bench)
    {
        using var copy = bench.Model.AllTraffic.CopyWindow(0, bench.Clock.GetUtcNow());
        return copy.Buckets[0].Labels.Unanswered;
    }
}
