using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class BudgetTests
{
    [Fact]
    public async Task A_unary_call_may_be_as_large_as_a_message_of_a_stream()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Memory:ReadBytes=268435456");
        var rows = Batches.Of(Batches.Softmax(4, 2, seed: 1));
        rows.ClassCount = 10_000;

        // 32 MB: more than Kestrel takes by default. Zeros are no probabilities, so the rows are rejected one by one, after the message was read.
        rows.Values = ByteString.CopyFrom(new byte[800 * 10_000 * sizeof(float)]);
        var answer = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = rows }, cancellationToken: TestContext.Current.CancellationToken);

        answer.Rejected.ShouldBe(800u);
    }

    [Fact]
    public async Task A_message_beyond_the_budget_is_refused_and_counted_and_others_are_scored()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Memory:ReadBytes=100000");
        var large = Batches.Of(Batches.Softmax(4096, 10, seed: 1));

        foreach (var call in (Func<Task>[])[() => ScoreAsync(sidecar, large), () => ObserveAsync(sidecar, large)])
        {
            var error = await Should.ThrowAsync<RpcException>(call);
            error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
            error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("READ_BUDGET");
        }

        await ScoreAsync(sidecar, Batches.Of(Batches.Softmax(10, 10, seed: 1)));
        (await sidecar.MetricAsync("accuracy_monitor_refusals_total{reason=\"read_budget\"}")).ShouldBe(2);
    }

    [Fact]
    public async Task A_compressed_message_is_refused_and_not_unpacked()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync("--Listen:GrpcPort=0");
        var address = sidecar.Services.GetRequiredService<Listeners>().Addresses
            .First(l => l.Use == ListenerUse.Grpc && l.Address.StartsWith("http://127", StringComparison.Ordinal)).Address;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/accuracy_monitor.v1.PredictionService/Score")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Compressed(megabytes: 32)) { Headers = { { "Content-Type", "application/grpc" } } },
        };
        request.Headers.Add("grpc-encoding", "gzip");
        request.Headers.Add("TE", "trailers");

        using var answer = await http.SendAsync(request, cancel);
        await answer.Content.ReadAsByteArrayAsync(cancel);

        var status = answer.Headers.TryGetValues("grpc-status", out var early) ? early : answer.TrailingHeaders.GetValues("grpc-status");
        status.ShouldHaveSingleItem().ShouldBe($"{(int)StatusCode.Unimplemented}");
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_and_counted_and_the_other_ports_answer()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync("--Listen:MaxConnections=2", "--Sink:Port=0");
        List<Socket> open = [];
        for (var i = 0; i < 9; i++)
        {
            open.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await open[^1].ConnectAsync(IPAddress.Loopback, sidecar.SinkAddress.Port, cancel);
        }

        // The sink's port has four times as many; the ninth is closed.
        await Task.WhenAny(open.Select(s => s.ReceiveAsync(new byte[1], cancel).AsTask()));
        await ScoreAsync(sidecar, Batches.Of(Batches.Softmax(10, 10, seed: 1)));
        (await sidecar.MetricAsync("accuracy_monitor_refusals_total{reason=\"connections\"}")).ShouldBe(1);
        open.ForEach(s => s.Dispose());
    }

    private static async Task ScoreAsync(TestSidecar sidecar, PredictionBatch batch) =>
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch });

    /// <summary>A message of zeros in a gRPC frame that says it is compressed: a thousandth of what it unpacks to.</summary>
    private static byte[] Compressed(int megabytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < megabytes; i++)
            {
                gzip.Write(zeros);
            }
        }

        var frame = new byte[5 + packed.Length];
        frame[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), (int)packed.Length);
        packed.ToArray().CopyTo(frame, 5);
        return frame;
    }

    private static async Task ObserveAsync(TestSidecar sidecar, PredictionBatch batch)
    {
        using var call = sidecar.Predictions.Observe();
        await call.RequestStream.WriteAsync(new ObserveRequest { Batch = batch });
        await call.ResponseStream.MoveNext(CancellationToken.None);
    }
}
