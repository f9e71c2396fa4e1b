using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Tests;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Storage;

public sealed class WindowSumWorkerTests
{
    [Fact]
    public async Task Run_Refused_LeavesTheSumsForTheNext_AlsoThoseByPredictedClass()
    {
        await using var bench = await Workbench.OpenAsync();
        using var worker = Worker(bench);
        bench.Count(3);
        bench.Refusal.Start("prediction_buckets");
        await Should.ThrowAsync<StoreException>(() => worker.RunAsync(CancellationToken.None));
        (await bench.StoredAsync()).ShouldBe(0);

        bench.Refusal.End();
        await worker.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(3);
        (await bench.StoredAsync(predictedClass: 0)).ShouldBe(3);
        BucketLease.Take(bench.Model.AllSeries.Concat(bench.Model.Classes.All)).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_RefusedForOneModelVersion_WritesTheOthers()
    {
        await using var bench = await Workbench.OpenAsync();
        using var worker = Worker(bench);
        bench.Count(3);
        foreach (var version in (string[])["2", "3", "4"])
        {
            var other = bench.Get<ModelRegistry>().GetOrCreate(new ModelKey("m", version), classCount: 2)!;
            other.AllTraffic.Windows.AddPrediction(Workbench.Start, new PredictionPoint(0.5, 0.5, true), Workbench.Start);
        }

        bench.Refusal.Start("prediction_buckets", "NEW.version = '1'");
        await Should.ThrowAsync<StoreException>(() => worker.RunAsync(CancellationToken.None));
        bench.Refusal.Scalar("SELECT COUNT(DISTINCT version) FROM prediction_buckets").ShouldBe(3);
    }

    [Fact]
    public async Task Run_RefusedClosedWindows_AreWrittenByTheNext()
    {
        await using var bench = await Workbench.OpenAsync();
        using var worker = Worker(bench);
        bench.Model.Running.Restore([], Workbench.Start);
        bench.Model.Running.Close([Labelled(Workbench.Start.AddMinutes(-24))], Workbench.Start);
        bench.Refusal.Start("closed_windows");
        await Should.ThrowAsync<StoreException>(() => worker.RunAsync(CancellationToken.None));

        bench.Refusal.End();
        await worker.RunAsync(CancellationToken.None);
        (await bench.Store.Windows.ClosedAsync(bench.Model.Key, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        bench.Model.Running.Unsaved.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_AfterADamagedDatabaseWasSetAside_WritesEverythingIntoTheFreshOne()
    {
        await using var bench = await Workbench.OpenAsync();
        using var worker = Worker(bench);
        bench.Count(3);
        await bench.Store.EnqueueAsync([.. Enumerable.Range(0, 500).Select(i => bench.Request($"r{i}"))], [], TestContext.Current.CancellationToken);
        await worker.RunAsync(CancellationToken.None);
        await bench.Refusal.DamageAsync();
        await Should.ThrowAsync<StoreDamagedException>(async () =>
        {
            await foreach (var request in bench.Store.RequestsSinceAsync(DateTimeOffset.MinValue, cancellation: TestContext.Current.CancellationToken))
            {
                request.PredictionId.ShouldNotBeEmpty();
            }
        });
        (await bench.StoredAsync()).ShouldBe(0);

        await worker.RunAsync(CancellationToken.None);
        (await bench.StoredAsync()).ShouldBe(3);
        (await bench.StoredAsync(predictedClass: 0)).ShouldBe(3);
    }

    [Fact]
    public async Task Stop_WritesForTheLastTime_AndARefusalIsLoggedAndNotThrown()
    {
        await using var bench = await Workbench.OpenAsync();
        var log = new LogRecorder<WorkFailures>();
        using var worker = Worker(bench, log);
        await worker.StartAsync(TestContext.Current.CancellationToken);
        bench.Count(2);
        bench.Refusal.Start("prediction_buckets");
        var stopping = worker.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(!log.Entries.IsEmpty), "the refusal is logged");
        log.Entries.First().Message.ShouldContain(Refusal.Message);
        bench.Refusal.End();
        await Eventually.TrueAsync(
            () =>
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(stopping.IsCompleted);
            },
            "it stops");

        await stopping;
        (await bench.StoredAsync()).ShouldBe(2);
    }

    private static WindowSumWorker Worker(Workbench bench, LogRecorder<WorkFailures>? log = null) => new(
        bench.Store,
        bench.Get<ModelRegistry>(),
        Options.Create(new StorageOptions()),
        bench.Clock,
        log is null ? bench.Get<WorkFailures>() : new WorkFailures(bench.Get<InternalErrorCounter>(), log));

    /// <summary>A bucket of the longest window with enough labels to close.</summary>
    internal static Bucket Labelled(DateTimeOffset start)
    {
        var labels = default(LabelSums);
        var predictions = default(PredictionSums);
        for (var i = 0; i < ClosedWindows.MinLabels; i++)
        {
            predictions.Add(new PredictionPoint(0.75, 0.75, Covered: true));
            labels.Add(new LabelPoint(0.75, 1, Correct: i % 4 != 0));
        }

        predictions.Requested = ClosedWindows.MinLabels;
        return new Bucket(start, TimeSpan.FromMinutes(24), predictions, labels);
    }
}
