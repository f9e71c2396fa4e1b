using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Store;
using AccuracyMonitor.Hub.Tests.Support;

namespace AccuracyMonitor.Hub.Tests.Reports;

/// <summary>Real sidecars report to a real hub, and go.</summary>
[Collection(nameof(Postgres))]
public sealed class RolloutTests(Postgres postgres)
{
    private const int Predictions = 300;

    [Fact]
    public async Task What_pods_have_seen_and_annotators_said_outlives_the_pods()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync(), "--Estimation:Windows:0=1h");
        var labels = 0;
        foreach (var (name, isKilled) in new[] { ("terminated", false), ("killed", true) })
        {
            await using var pod = await SidecarPod.StartAsync(name, hub.GrpcAddress);
            var wanted = await pod.PredictAsync(Predictions);
            await pod.LabelAsync(wanted, label: 0);
            labels += wanted.Count;
            if (isKilled)
            {
                await Eventually.TrueAsync(async () => (await EstimateAsync(hub)).Labels == labels, "the labels are at the hub");
                pod.Kill();
            }
            else
            {
                // At once: what is not reported yet is reported now.
                await pod.TerminateAsync();
            }
        }

        var estimate = await EstimateAsync(hub);
        estimate.Predictions.ShouldBe(2 * Predictions);
        (estimate.Labels, estimate.Requested).ShouldBe((labels, labels));
        estimate.Audited.Value.ShouldBe(1, 1e-9);
        (await hub.Get<FleetReader>().BacklogAsync(TimeSpan.FromHours(1), CancellationToken.None)).ShouldSatisfyAllConditions(
            b => b.Sources.ShouldBe(2), b => b.Changes.ShouldBe(0));
    }

    [Fact]
    public async Task A_hub_that_comes_after_the_traffic_gets_all_of_it()
    {
        var port = Ports.Free();
        await using var pod = await SidecarPod.StartAsync("early", $"http://127.0.0.1:{port}");
        var wanted = await pod.PredictAsync(Predictions);

        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync(), "--Estimation:Windows:0=1h", $"--Listen:GrpcPort={port}");
        await pod.LabelAsync(wanted, label: 1);
        await Eventually.TrueAsync(async () => (await EstimateAsync(hub)).Labels == wanted.Count, "the labels are at the hub");

        var estimate = await EstimateAsync(hub);
        estimate.Predictions.ShouldBe(Predictions);
        estimate.Audited.Value.ShouldBe(0, 1e-9);
    }

    private static async Task<Core.Estimation.WindowEstimate> EstimateAsync(TestHub hub)
    {
        var windows = (await hub.Get<FleetEstimates>().EstimateAsync(DateTimeOffset.UtcNow, CancellationToken.None)).Windows;
        return windows.SingleOrDefault(w => !w.Series.IsSubgroup)?.Estimate ?? Core.Estimation.WindowEstimator.Estimate([], true, new());
    }
}
