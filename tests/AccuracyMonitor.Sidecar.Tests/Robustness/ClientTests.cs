using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>The client against a real sidecar that comes, goes and comes back.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task Predictions_arrive_requests_are_raised_and_a_restart_is_survived()
    {
        var folder = Directory.CreateTempSubdirectory("am-client-").FullName;
        var requested = 0;
        await using (var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = $"unix://{Path.Combine(folder, "am.sock")}",
            Model = "m",
            Version = "1",
            ClassCount = 4,
            MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        }))
        {
            client.LabelRequested += (_, _) => Interlocked.Increment(ref requested);
            await using (await TestSidecar.StartInAsync(folder, "--Sampling:Budget=0.5"))
            {
                Observe(client, "first", 1000);
                await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted == 1000), "all arrive");
            }

            requested.ShouldBeInRange(350, 650);
            Observe(client, "away", 1000);
            await using (await TestSidecar.StartInAsync(folder, "--Sampling:Budget=0.5"))
            {
                await Eventually.TrueAsync(
                    () => Task.FromResult(client.Counters.Accepted + client.Counters.Dropped == 2000), "what was sent meanwhile arrives or is counted as dropped");
                Observe(client, "back", 1000);
                await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted + client.Counters.Dropped == 3000), "and so do new ones");
                client.Counters.Accepted.ShouldBeGreaterThanOrEqualTo(2000);
                client.Counters.Reconnects.ShouldBeGreaterThan(0);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_stream_names_what_the_queue_holds()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=0.5");
        List<string> asked = [];
        await using (var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = $"unix://{Path.Combine(sidecar.Folder, "am.sock")}",
            Model = "m",
            Version = "1",
            ClassCount = 4,
        }))
        {
            var requests = client.LabelRequests();
            Observe(client, "s", 200);
            await client.DisposeAsync();
            await foreach (var request in requests)
            {
                asked.Add(request.PredictionId);
            }
        }

        var waiting = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1000 });
        asked.Count.ShouldBeInRange(50, 150);
        asked.ShouldBe(waiting.Items.Select(i => i.PredictionId), ignoreOrder: true);
    }

    private static void Observe(MonitorClient client, string prefix, int rows)
    {
        var vectors = Batches.Softmax(rows, 4, 1);
        for (var i = 0; i < rows; i++)
        {
            client.Observe(vectors[i], $"{prefix}-{i}").ShouldBeTrue();
        }
    }
}
