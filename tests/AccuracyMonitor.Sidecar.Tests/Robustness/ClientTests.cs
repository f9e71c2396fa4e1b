using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
                    () => Task.FromResult(client.Counters.Accepted + client.Counters.Dropped == 2000),
                    "what was sent meanwhile arrives or is counted as dropped");
                Observe(client, "back", 1000);
                await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted + client.Counters.Dropped == 3000), "and so do new ones");
                client.Counters.Accepted.ShouldBeGreaterThanOrEqualTo(2000);
                client.Counters.Reconnects.ShouldBeGreaterThan(0);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_is_observed_before_the_sidecar_is_there_waits_for_it()
    {
        var folder = Directory.CreateTempSubdirectory("am-early-").FullName;
        await using (var client = MonitorClient.Connect(new MonitorClientOptions
        {
            Address = $"unix://{Path.Combine(folder, "am.sock")}",
            Model = "m",
            Version = "1",
            ClassCount = 4,
            MaxReconnectDelay = TimeSpan.FromMilliseconds(100),
        }))
        {
            Observe(client, "early", 1000);
            await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Reconnects > 3), "it tries, and has nobody to send to");
            await using (await TestSidecar.StartInAsync(folder))
            {
                await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Accepted == 1000), "nothing was lost by trying");
            }

            client.Counters.Dropped.ShouldBe(0);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_sidecar_that_reads_nothing_is_given_up_though_it_answers_pings()
    {
        var folder = Directory.CreateTempSubdirectory("am-deaf-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(Path.Combine(folder, "am.sock"), o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using (var deaf = builder.Build())
        {
            deaf.MapGrpcService<DeafService>();
            await deaf.StartAsync(TestContext.Current.CancellationToken);

            // A batch is larger than the window that the stream begins with.
            await using var client = MonitorClient.Connect(Reporting.Options(folder, classes: 1000));
            await Reporting.ServeAsync(client, "unheard", 1000);
            await Eventually.TrueAsync(() => Task.FromResult(client.Counters.Reconnects > 1), "a write that does not end counts as a lost connection");
            client.Counters.DroppedDisconnected.ShouldBeGreaterThan(0);
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
    private sealed class DeafService : PredictionService.PredictionServiceBase
    {
        public override Task Observe(
            IAsyncStreamReader<ObserveRequest> requestStream, IServerStreamWriter<ObserveResponse> responseStream, ServerCallContext context) =>
            Task.Delay(Timeout.Infinite, context.CancellationToken);
    }
}
