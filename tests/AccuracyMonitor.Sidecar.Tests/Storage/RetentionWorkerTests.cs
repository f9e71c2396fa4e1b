using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Storage;

public sealed class RetentionWorkerTests
{
    [Fact]
    public async Task Ticks_DeleteWhatIsOlderThanTheRetention_AlsoAfterOneThatWasRefused()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Count();
        await bench.Store.FlushBucketsAsync(BucketLease.Take(bench.Model.AllSeries).Rows, TestContext.Current.CancellationToken);
        var settings = new StorageOptions { Retention = TimeSpan.FromDays(10) };
        using var worker = new RetentionWorker(bench.Store, Options.Create(settings), bench.Clock, NullLogger<RetentionWorker>.Instance);

        bench.Clock.Advance(TimeSpan.FromDays(9));
        await worker.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(1);

        bench.Clock.Advance(TimeSpan.FromDays(2));
        bench.Refusal.StartDeletes("prediction_buckets");
        await Should.ThrowAsync<StoreException>(() => worker.RunAsync(CancellationToken.None));
        bench.Refusal.EndDeletes();
        await worker.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(0);
    }
}
