using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Management;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Truth;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Truth;

namespace AccuracyMonitor.Sidecar.Tests.Truth;

public sealed class TruthWriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_could_not_be_written_waits_and_is_written_with_the_next()
    {
        await using var bench = await Workbench.OpenAsync("--Truth:Remember=true");
        bench.Get<TruthBuffer>().Add(Prediction(bench, "a"));
        bench.Refusal.Start("remembered_predictions");
        await Should.ThrowAsync<StoreException>(() => bench.Get<TruthWriter>().FlushAsync(Cancel));
        bench.Refusal.End();
        bench.Get<TruthBuffer>().Add(Prediction(bench, "b"));

        await bench.Get<TruthWriter>().FlushAsync(Cancel);

        (await CountAsync(bench)).ShouldBe(2);
        bench.Get<TruthBuffer>().Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_deleted_model_nothing_that_waited_or_comes_late_is_remembered()
    {
        await using var bench = await Workbench.OpenAsync("--Truth:Remember=true");
        bench.Get<TruthBuffer>().Add(Prediction(bench, "waiting"));
        var late = Prediction(bench, "late");

        await bench.Get<ModelEraser>().RunAsync("m", "1", Actor.Sidecar, Cancel);
        bench.Get<TruthBuffer>().Add(late);
        await bench.Get<TruthWriter>().FlushAsync(Cancel);

        (await CountAsync(bench)).ShouldBe(0);
    }

    [Fact]
    public async Task Retention_bounds_versions_that_are_not_in_use_also_when_nothing_more_is_remembered()
    {
        await using var bench = await Workbench.OpenAsync("--Truth:MaxPredictions=1000");
        for (var i = 0; i < 12; i++)
        {
            await bench.Store.Truth.RememberAsync(
                [.. Enumerable.Range(0, 1000).Select(j => Prediction(bench, $"p{i}-{j}") with { Key = new ModelKey("unseen", "1") })], Cancel);
        }

        await bench.Get<TruthRetention>().PruneAsync(bench.Clock.GetUtcNow(), Cancel);
        (await CountAsync(bench)).ShouldBe(1000);

        await bench.Get<TruthRetention>().PruneAsync(bench.Clock.GetUtcNow().AddDays(46), Cancel);
        (await bench.Store.Truth.CountsAsync(Cancel)).ShouldBeEmpty();
    }

    private static RememberedPrediction Prediction(Workbench bench, string id) => new()
    {
        Key = bench.Model.Key,
        ClassCount = 2,
        PredictionId = id,
        Time = bench.Clock.GetUtcNow(),
        PredictedClass = 0,
        Score = 0.5,
    };

    private static async Task<long> CountAsync(Workbench bench) => (await bench.Store.Truth.CountsAsync(Cancel)).Sum(c => c.Predictions);
}
