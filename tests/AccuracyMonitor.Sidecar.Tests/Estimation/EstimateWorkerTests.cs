using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class EstimateWorkerTests
{
    [Fact]
    public async Task A_cancellation_that_the_worker_was_not_told_of_does_not_end_it()
    {
        await using var bench = await Workbench.OpenAsync();
        var time = new CancellingTime();
        var refresh = ActivatorUtilities.CreateInstance<EstimateRefresh>(bench.Get<IServiceProvider>(), time);
        var settings = Options.Create(new EstimationOptions { RefreshInterval = TimeSpan.FromMilliseconds(1) });
        using var worker = new EstimateWorker(refresh, settings, TimeProvider.System, bench.Get<WorkFailures>());

        await worker.StartAsync(TestContext.Current.CancellationToken);

        (await Task.WhenAny(time.Again, worker.ExecuteTask!)).ShouldBe(time.Again, "the next refresh is tried");
        bench.InternalErrors("estimation").ShouldBeGreaterThan(0);
        await worker.StopAsync(TestContext.Current.CancellationToken);
    }
}
