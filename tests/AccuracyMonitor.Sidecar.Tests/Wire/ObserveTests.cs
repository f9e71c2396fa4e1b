using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class ObserveTests
{
    [Fact]
    public async Task Answers_come_in_order_and_a_bad_batch_does_not_end_the_stream()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        using var call = sidecar.Predictions.Observe(cancellationToken: cancel);
        for (ulong i = 0; i < 20; i++)
        {
            var batch = Batches.Of(Batches.Softmax(8, 4, (int)i), Batches.Ids($"b{i}", 8));
            if (i == 7)
            {
                batch.Values = ByteString.CopyFrom(new byte[3]);
            }

            await call.RequestStream.WriteAsync(new ObserveRequest { Sequence = i, Batch = batch, Brief = true }, cancel);
        }

        await call.RequestStream.CompleteAsync();
        var responses = await call.ResponseStream.ReadAllAsync(cancel).ToListAsync(cancel);

        responses.Select(r => r.Sequence).ShouldBe(Enumerable.Range(0, 20).Select(i => (ulong)i));
        responses[7].Error.Reason.ShouldBe("TRUNCATED_VALUES");
        responses.Where(r => r.Sequence != 7).ShouldAllBe(r => r.Accepted == 8 && r.Error == null);
        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"m\",version=\"1\"}")).ShouldBe(19 * 8);
    }

    [Fact]
    public async Task A_client_that_vanishes_mid_stream_leaves_nothing_behind()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            using var vanishing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var call = sidecar.Predictions.Observe(cancellationToken: vanishing.Token);
            await call.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(Batches.Softmax(64, 4, i), Batches.Ids($"v{i}", 64)) }, cancel);
            await vanishing.CancelAsync();
        }

        await Eventually.TrueAsync(async () => await sidecar.MetricAsync("accuracy_monitor_open_streams") == 0, "every stream is closed");
        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.7f, 0.1f, 0.1f, 0.1f]]) }, cancellationToken: cancel);
        response.Accepted.ShouldBe(1u);
    }

    [Fact]
    public async Task A_slow_reader_is_slowed_and_does_not_slow_others()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync("--Intake:MaxStreamInFlight=2");
        using var slow = sidecar.Predictions.Observe(cancellationToken: cancel);
        var rows = Batches.Softmax(4096, 20, 3);
        var sent = 0;
        var sending = Task.Run(
            async () =>
            {
                for (; sent < 400; sent++)
                {
                    await slow.RequestStream.WriteAsync(new ObserveRequest { Batch = Batches.Of(rows) }, cancel);
                }
            },
            cancel);

        // Until the slow client has sent nothing more during so many calls of another one.
        var (before, unchanged) = (-1, 0);
        while (unchanged < 50)
        {
            var other = await sidecar.Predictions.ScoreAsync(
                new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]], version: "other") }, cancellationToken: cancel);
            other.Accepted.ShouldBe(1u);
            var now = Volatile.Read(ref sent);
            (before, unchanged) = (now, now == before ? unchanged + 1 : 0);
        }

        before.ShouldBeLessThan(400, "flow control must hold back a client that reads no answers");
        sending.IsCompleted.ShouldBeFalse();
    }
}
