using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Adaptation;

public sealed class AdaptationWorkerTests
{
    [Fact]
    public async Task A_cancellation_that_the_worker_was_not_told_of_does_not_end_it()
    {
        await using var bench = await Workbench.OpenAsync();
        var services = bench.Get<IServiceProvider>();
        var model = bench.Get<ModelRegistry>().GetOrCreate(new ModelKey("m", "1"), classCount: 2)!;
        var settings = Options.Create(new AdaptationOptions { RecalibrateEvery = 1, FineTuneEvery = 0 });
        var queue = ActivatorUtilities.CreateInstance<AdaptationQueue>(services, settings);
        var time = new CancellingTime { Asked = Due };
        var heads = ActivatorUtilities.CreateInstance<HeadRecalibration>(services, time);
        using var worker = ActivatorUtilities.CreateInstance<AdaptationWorker>(services, queue, heads);
        Due();

        await worker.StartAsync(TestContext.Current.CancellationToken);

        (await Task.WhenAny(time.Again, worker.ExecuteTask!)).ShouldBe(time.Again, "the next labels start another try");
        bench.InternalErrors("adaptation").ShouldBeGreaterThan(0);
        await worker.StopAsync(TestContext.Current.CancellationToken);

        void Due()
        {
            model.Adaptation.Count(1);
            queue.Consider(model);
        }
    }
}
