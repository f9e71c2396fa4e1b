using AccuracyMonitor.Sidecar.Hosting;
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
        using var worker = new RetentionWorker(bench.Store, Options.Create(settings), bench.Get<AgreedClock>(), NullLogger<RetentionWorker>.Instance);

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

    [Fact]
    public async Task Run_WithAWallClock100DaysAhead_DeletesNothingForAnHour()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Count();
        await bench.Store.FlushBucketsAsync(BucketLease.Take(bench.Model.AllSeries).Rows, TestContext.Current.CancellationToken);
        var settings = Options.Create(new StorageOptions { Retention = TimeSpan.FromDays(10) });
        var clock = bench.Get<AgreedClock>();
        using var worker = new RetentionWorker(bench.Store, settings, clock, NullLogger<RetentionWorker>.Instance);
        bench.Clock.Advance(TimeSpan.FromHours(2));
        await worker.RunAsync(CancellationToken.None);

        bench.Clock.Step(TimeSpan.FromDays(100));
        for (var minute = 0; minute < 59; minute++)
        {
            await worker.RunAsync(CancellationToken.None);
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        (await bench.StoredAsync()).ShouldBe(1);

        // A start with a clock that is wrong already.
        using var started = new RetentionWorker(bench.Store, settings, new AgreedClock(bench.Clock), NullLogger<RetentionWorker>.Instance);
        await started.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(1);

        // A clock that keeps its new course is believed in the end.
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await worker.RunAsync(CancellationToken.None);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await worker.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(0);
    }
}
