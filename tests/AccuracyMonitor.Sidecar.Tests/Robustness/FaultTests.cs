using System.Collections.Concurrent;
using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>What is done to a sidecar's process, seen from an application that reports to it.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task A_sidecar_that_stands_still_costs_predictions_that_are_counted_and_goes_on_when_it_wakes(int classes)
    {
        var folder = Directory.CreateTempSubdirectory("am-frozen-").FullName;
        await using (var sidecar = SidecarProcess.Start(folder, "--Sampling:Budget=0.5", "--Sampling:MaxRequestsPerHour=10000000"))
        {
            await sidecar.ReadyAsync();
            await using var client = MonitorClient.Connect(Reporting.Options(folder, classes) with { QueueCapacity = 1024, BatchSize = 128 });
            ConcurrentBag<string> asked = [];
            client.LabelRequested += (_, request) => asked.Add(request.PredictionId);
            await Reporting.ServeAsync(client, "before", 500);
            await Reporting.AllAccountedAsync(client);
            client.Counters.Accepted.ShouldBe(500);

            await sidecar.FreezeAsync();
            await Reporting.ServeAsync(client, "frozen", 20_000);
            await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Reconnects > 0), "an answer that does not come counts as a lost connection");
            client.Counters.DroppedFull.ShouldBeGreaterThanOrEqualTo(20_000 - 1024 - (128 * 9), "all but the queue and what is in flight");

            await sidecar.ThawAsync();
            await Reporting.FlowsAsync(client, "after");
            await Reporting.AllAccountedAsync(client);
            await RequestsAreThereAsync(sidecar, asked);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_sidecar_that_gets_hardly_any_time_is_slow_and_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("am-slow-").FullName;
        await using (var sidecar = SidecarProcess.Start(folder))
        {
            await sidecar.ReadyAsync();
            await using var client = MonitorClient.Connect(Reporting.Options(folder) with { QueueCapacity = 1024, ResponseTimeout = TimeSpan.FromMinutes(1) });
            for (var i = 0; i < 10; i++)
            {
                await sidecar.FreezeAsync();
                await Reporting.ServeAsync(client, $"slow{i}", 1000);
                var before = client.Counters.Accepted;
                await sidecar.ThawAsync();
                await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted > before), "it takes some of them");
            }

            await Reporting.AllAccountedAsync(client);
            client.Counters.Observed.ShouldBe(10_000);
            client.Counters.Accepted.ShouldBeGreaterThan(0);
            client.Counters.Dropped.ShouldBe(client.Counters.DroppedFull, "slow is no reason to lose what was sent");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Killed_and_started_again_it_has_the_requests_it_told_of_and_predictions_arrive()
    {
        var folder = Directory.CreateTempSubdirectory("am-killed-").FullName;
        const int Queue = 1024;

        // A response may take longer than the test: what must be noticed is that the connection is gone.
        var options = Reporting.Options(folder) with { ResponseTimeout = TimeSpan.FromMinutes(10), QueueCapacity = Queue };
        await using (var client = MonitorClient.Connect(options))
        {
            ConcurrentBag<string> asked = [];
            client.LabelRequested += (_, request) => asked.Add(request.PredictionId);
            await using (var first = SidecarProcess.Start(folder, "--Sampling:Budget=0.5", "--Sampling:MaxRequestsPerHour=10000000"))
            {
                await first.ReadyAsync();
                await Reporting.FlowsAsync(client, "first");
                await first.FreezeAsync();
                var served = 0;
                await Eventually.TrueAsync(
                    async () =>
                    {
                        await Reporting.ServeAsync(client, $"killed{served++}", 1000);
                        return Reporting.Waiting(client) > Queue;
                    },
                    "more waits than the queue holds: some predictions are with the sidecar, unanswered");
                first.Kill();
                await first.ExitedAsync();
            }

            await Reporting.ServeAsync(client, "away", 20_000);
            await using (var second = SidecarProcess.Start(folder, "--Sampling:Budget=0.5", "--Sampling:MaxRequestsPerHour=10000000"))
            {
                await second.ReadyAsync();
                await Reporting.FlowsAsync(client, "back");
                await Reporting.AllAccountedAsync(client);
                await RequestsAreThereAsync(second, asked);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task RequestsAreThereAsync(SidecarProcess sidecar, ConcurrentBag<string> asked)
    {
        asked.ShouldNotBeEmpty();
        var labels = new LabelService.LabelServiceClient(sidecar.Channel);
        HashSet<string> waiting = [];
        for (var leased = await labels.LeaseAsync(new LeaseRequest { MaxItems = 1000 }); leased.Items.Count > 0; leased =
            await labels.LeaseAsync(new LeaseRequest { MaxItems = 1000 }))
        {
            waiting.UnionWith(leased.Items.Select(i => i.PredictionId));
        }

        asked.Except(waiting).ShouldBeEmpty("a request that the application was told of is durable");
    }
}
