using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Storage;

public sealed class RetentionWorkerTests
{
    [Fact]
    public async Task Ticks_DeleteWhatIsOlderThanTheRetention_AlsoAfterOneThatWasRefused()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Count();
        await bench.Store.Windows.FlushBucketsAsync(BucketLease.Take(bench.Model.AllSeries).Rows, TestContext.Current.CancellationToken);
        var settings = new StorageOptions { Retention = TimeSpan.FromDays(10) };
        using var worker = Worker(bench, Options.Create(settings), bench.Get<AgreedClock>());

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
        await bench.Store.Windows.FlushBucketsAsync(BucketLease.Take(bench.Model.AllSeries).Rows, TestContext.Current.CancellationToken);
        var settings = Options.Create(new StorageOptions { Retention = TimeSpan.FromDays(10) });
        var clock = bench.Get<AgreedClock>();
        using var worker = Worker(bench, settings, clock);
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
        using var started = Worker(bench, settings, new AgreedClock(bench.Clock));
        await started.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(1);

        // A clock that keeps its new course is believed in the end; one that would delete everything, after a day.
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await worker.RunAsync(CancellationToken.None);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await worker.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(1);
        worker.Doubt.ShouldNotBeNull().ShouldContain("100 days ahead of the newest stored row");
        bench.Clock.Advance(RetentionWorker.DoubtFor);
        await worker.RunAsync(CancellationToken.None);
        worker.Doubt.ShouldBeNull();
        (await bench.StoredAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_AfterAStartWithAClock100DaysAhead_DeletesNothingForADay()
    {
        var folder = Directory.CreateTempSubdirectory("am-ahead-").FullName;
        try
        {
            await using (var before = await Workbench.OpenInAsync(folder))
            {
                before.Count();
                await before.Store.Windows.FlushBucketsAsync(BucketLease.Take(before.Model.AllSeries).Rows, TestContext.Current.CancellationToken);
            }

            await using var bench = await Workbench.OpenInAsync(folder);
            bench.Clock.Step(TimeSpan.FromDays(100));
            using var worker = Worker(bench, Options.Create(new StorageOptions { Retention = TimeSpan.FromDays(10) }), new AgreedClock(bench.Clock));
            bench.Clock.Advance(TimeSpan.FromHours(2));
            await worker.RunAsync(CancellationToken.None);
            (await bench.StoredAsync()).ShouldBe(1);

            bench.Clock.Step(TimeSpan.FromDays(-100));
            await worker.RunAsync(CancellationToken.None);
            bench.Clock.Advance(TimeSpan.FromHours(2));
            await worker.RunAsync(CancellationToken.None);
            worker.Doubt.ShouldBeNull("the clock was set right");
            (await bench.StoredAsync()).ShouldBe(1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_WithTooMuchThatWaits_ForgetsWhatHasEndedAndSaysWhatHelps()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.Store.EnqueueAsync([.. Enumerable.Range(0, 100).Select(i => bench.Request($"{i}"))], [], TestContext.Current.CancellationToken);
        var settings = new StorageOptions { MaxBytes = 1 };
        using var worker = Worker(bench, Options.Create(settings), bench.Get<AgreedClock>());
        bench.Clock.Advance(TimeSpan.FromHours(2));

        await worker.RunAsync(CancellationToken.None);
        worker.Excess.ShouldNotBeNull().ShouldContain("more than Storage:MaxBytes (1), and nothing is left in it that has ended");

        settings.MaxBytes = 1L << 30;
        await worker.RunAsync(CancellationToken.None);
        worker.Excess.ShouldBeNull();
        (await bench.Store.CountsAsync(cancellation: TestContext.Current.CancellationToken)).Waiting.ShouldBe(100);
    }

    [Fact]
    public async Task Run_DeletesInputsTenMinutesAfterTheirLabel_OrAfterSevenDays()
    {
        await using var bench = await Workbench.OpenAsync();
        using var worker = Worker(bench, Options.Create(new StorageOptions()), bench.Get<AgreedClock>());
        await bench.Store.EnqueueAsync([bench.Request("labelled"), bench.Request("waiting")], [], TestContext.Current.CancellationToken);
        bench.Clock.Advance(TimeSpan.FromHours(2));
        await AttachAsync(bench, "labelled");
        await AttachAsync(bench, "waiting");
        var answer = new LabelAnswer { Key = bench.Model.Key, PredictionId = "labelled", Label = 0 };
        await bench.Store.CompleteAsync([answer], bench.Clock.GetUtcNow(), cancellation: TestContext.Current.CancellationToken);

        bench.Clock.Advance(TimeSpan.FromMinutes(9));
        await worker.RunAsync(CancellationToken.None);
        (await InputsAsync(bench)).ShouldBe(2);

        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.RunAsync(CancellationToken.None);
        (await InputsAsync(bench)).ShouldBe(1);

        bench.Clock.Advance(TimeSpan.FromDays(7));
        await worker.RunAsync(CancellationToken.None);
        (await InputsAsync(bench)).ShouldBe(0);
    }

    private static Task<AttachOutcome> AttachAsync(Workbench bench, string id) =>
        bench.Get<InputStore>().AttachAsync(bench.Model.Key, id, new StoredInput("text/plain", "text"u8.ToArray()), Actor.Sidecar);

    private static async Task<long> InputsAsync(Workbench bench) => (await bench.Store.Inputs.TotalsAsync(TestContext.Current.CancellationToken)).Inputs;

    private static RetentionWorker Worker(Workbench bench, IOptions<StorageOptions> settings, AgreedClock clock) =>
        new(bench.Store, settings, clock, bench.Get<StoreMetrics>(), bench.Get<InputStore>(), bench.Get<TruthRetention>(), bench.Get<WorkFailures>());
}
