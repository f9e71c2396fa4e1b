using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>Score calls of the documented size, one after the other and several at once.</summary>
internal static class LargeUnaryCalls
{
    private const int AtOnce = 6;

    public static readonly Attack Attack = new("large-unary", $"one Score call of 40 MiB, then {AtOnce} at once", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        var alone = await CallAsync(sidecar, cancel);
        var together = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => CallAsync(sidecar, cancel)));
        return $"alone {alone}; at once {string.Join(", ", together.GroupBy(e => e, StringComparer.Ordinal).Select(g => $"{g.Count()} × {g.Key}"))}";
    }

    private static async Task<string> CallAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        // 1,048 rows of 10,000 classes.
        var batch = BenchSidecar.Message(1, BenchLoad.Softmax(10_000, 1048, 1), 10_000).Batch;
        batch.Ids.Clear();
        try
        {
            using var channel = Client.MonitorChannel.Create($"http://127.0.0.1:{sidecar.GrpcPort}");
            await new PredictionService.PredictionServiceClient(channel).ScoreAsync(
                new ScoreRequest { Batch = batch }, deadline: AttackedSidecar.Deadline(60), cancellationToken: cancel);
            return "OK";
        }
        catch (RpcException e)
        {
            return e.StatusCode.ToString();
        }
    }
}
