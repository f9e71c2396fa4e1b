using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Labelling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class EstimateRefreshTests
{
    [Fact]
    public async Task Run_WhenOneModelFails_EstimatesTheOthersAndNamesIt()
    {
        await using var bench = await Workbench.OpenAsync();
        var registry = bench.Get<ModelRegistry>();
        foreach (var name in (string[])["a", "broken", "z"])
        {
            await registry.GetOrCreate(new ModelKey(name, "1"), classCount: 2)!.FirstMonitor.Settled.WaitAsync(TestContext.Current.CancellationToken);
        }

        var alarms = new AlarmUpdater(new BrokenHistory(bench.Store), NullLogger<AlarmUpdater>.Instance);
        var services = bench.Get<IServiceProvider>();
        var estimation = ActivatorUtilities.CreateInstance<ModelEstimation>(services, alarms);
        var refresh = ActivatorUtilities.CreateInstance<EstimateRefresh>(services, estimation);
        await refresh.RunAsync();

        bench.Get<LatestEstimates>().Latest.Models.Select(m => m.Key.Model).Order(StringComparer.Ordinal).ShouldBe(["a", "z"]);
        refresh.Progress.Error.ShouldNotBeNull().ShouldContain("broken");
        bench.InternalErrors("estimation").ShouldBe(1);
    }

    private sealed class BrokenHistory(ILabelHistory inner) : ILabelHistory
    {
        public Task<LabelHistoryPage> LabelPageAsync(LabelHistoryQuery query, CancellationToken cancellation = default) =>
            string.Equals(query.Key.Model, "broken", StringComparison.Ordinal)
                ? throw new InvalidOperationException("a defect")
                : inner.LabelPageAsync(query, cancellation);
    }
}
