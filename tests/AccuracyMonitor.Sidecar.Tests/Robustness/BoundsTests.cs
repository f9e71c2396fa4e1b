using System.Net.Sockets;
using AccuracyMonitor.Benchmarks.Harm;
using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;

namespace AccuracyMonitor.Sidecar.Tests.Robustness;

/// <summary>Bounds that are reached, and left again.</summary>
public sealed class BoundsTests
{
    [Fact]
    public async Task Ten_times_what_it_can_do_is_refused_and_both_sides_count_the_same()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Intake:MaxQueuedValues=2000", "--Scoring:MicroBatchRows=1");
        var clients = Enumerable.Range(0, 4).Select(i => MonitorClient.Connect(Reporting.Options(sidecar.Folder, 20) with
        {
            Version = $"{i}",
            QueueCapacity = 1024,
            BatchSize = 50,
            ResponseTimeout = TimeSpan.FromMinutes(1),
        })).ToArray();

        await Task.WhenAll(clients.Select(client => Reporting.ServeAsync(client, "many", 50_000)));
        await Task.WhenAll(clients.Select(Reporting.AllAccountedAsync));

        clients.Sum(c => c.Counters.DroppedFull + c.Counters.DroppedRefused).ShouldBeGreaterThan(0);
        clients.Sum(c => c.Counters.DroppedDisconnected).ShouldBe(0);
        (await sidecar.MetricAsync("accuracy_monitor_dropped_total{reason=\"queue_full\"}")).ShouldBe(clients.Sum(c => c.Counters.DroppedRefused));
        for (var i = 0; i < clients.Length; i++)
        {
            (await sidecar.MetricAsync($"accuracy_monitor_predictions_total{{model=\"m\",version=\"{i}\"}}")).ShouldBe(clients[i].Counters.Accepted);
            await Reporting.FlowsAsync(clients[i], "after");
            await clients[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task A_disk_that_was_full_and_has_room_again_takes_requests_again_and_kept_the_earlier()
    {
        var mount = await TinyDisk.MountAsync(megabytes: 8);
        Assert.SkipWhen(mount is null, "a tmpfs can't be mounted here (needs root)");
        await using var disk = mount;
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=10000000", $"--Storage:Path={Path.Combine(disk.Path, "am.db")}");
        await using var client = MonitorClient.Connect(Reporting.Options(sidecar.Folder, 50) with { ResponseTimeout = TimeSpan.FromMinutes(1) });
        var asked = 0;
        client.LabelRequested += (_, _) => Interlocked.Increment(ref asked);
        await Reporting.ServeAsync(client, "before", 200);
        await Reporting.AllAccountedAsync(client);
        asked.ShouldBe(200);

        await disk.FillAsync();
        var full = 0;
        for (; await Withdrawn() == 0; full++)
        {
            full.ShouldBeLessThan(1000, "the database has no room left");
            await Reporting.ServeAsync(client, $"full{full}", 100);
            await Reporting.AllAccountedAsync(client);
        }

        client.Counters.Dropped.ShouldBe(0, "a full disk is no reason to refuse predictions");
        disk.Free();
        var told = Volatile.Read(ref asked);
        await Reporting.ServeAsync(client, "after", 200);
        await Reporting.AllAccountedAsync(client);

        Volatile.Read(ref asked).ShouldBe(told + 200);
        client.Counters.Accepted.ShouldBe(400 + (full * 100));
        (await sidecar.Labels.GetQueueAsync(new GetQueueRequest())).State.Waiting.ShouldBe((uint)(told + 200));

        async Task<double> Withdrawn() => (await sidecar.MetricAsync("accuracy_monitor_dropped_total{reason=\"storage_full\"}"))!.Value;
    }

    [Fact]
    public async Task Requests_that_nobody_answers_stay_within_the_hours_bound_and_run_out()
    {
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=50", "--Labelling:RequestLifetime=2s",
            "--Labelling:ExpiryInterval=100ms");
        await using var client = MonitorClient.Connect(Reporting.Options(sidecar.Folder));
        await Reporting.ServeAsync(client, "unanswered", 1000);
        await Reporting.AllAccountedAsync(client);

        client.Counters.Accepted.ShouldBe(1000);
        var made = (await sidecar.MetricAsync("accuracy_monitor_label_requests_total{model=\"m\",version=\"1\",policy=\"uniform\"}")).ShouldNotBeNull();
        made.ShouldBeInRange(25, 50, "fewer and fewer are chosen as the hour's bound comes near");
        await Eventually.TrueAsync(async () => (await sidecar.Labels.GetQueueAsync(new GetQueueRequest())).State.Waiting == 0, "they run out");
        await Eventually.TrueAsync(
            async () => (await sidecar.Estimates.GetEstimateAsync(
                new GetEstimateRequest { Model = "m", Version = "1", Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)) })).Estimate.Unanswered == made,
            "and count as unanswered");
        await Reporting.FlowsAsync(client, "after");
    }

    [Fact]
    public async Task Clients_that_end_in_the_middle_of_a_stream_leave_nothing_open()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        await using var client = MonitorClient.Connect(Reporting.Options(sidecar.Folder));
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => VanishAsync(sidecar, afterAnswer: i % 2 == 0)));
            await Reporting.ServeAsync(client, $"beside{round}", 100);
        }

        await Reporting.AllAccountedAsync(client);
        client.Counters.Accepted.ShouldBe(500);
        await client.DisposeAsync();
        await Eventually.TrueAsync(async () => await sidecar.MetricAsync("accuracy_monitor_open_streams") == 0, "every stream is closed");
        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"m\",version=\"1\"}")).ShouldBe(500);
        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"vanishing\",version=\"1\"}")).ShouldNotBeNull()
            .ShouldBeGreaterThanOrEqualTo(50 * 50, "of those that were answered first");
    }

    /// <summary>The kernel closes a dead process's socket, without a word of HTTP/2.</summary>
    private static async Task VanishAsync(TestSidecar sidecar, bool afterAnswer)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (_, cancel) =>
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(sidecar.Folder, "am.sock")), cancel);
            return new NetworkStream(connection, ownsSocket: true);
        };
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        using var call = new PredictionService.PredictionServiceClient(channel).Observe();
        await call.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(50, 4, 1), model: "vanishing") });
        if (afterAnswer)
        {
            (await call.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeTrue();
            await call.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(50, 4, 1), model: "vanishing") });
        }

        connection.Dispose();
    }
}
