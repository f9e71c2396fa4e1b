using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>Observe streams whose caller sends and never reads: what is not read of them waits in the flow-control windows.</summary>
internal static class UnreadAnswers
{
    private const int Connections = 64;

    public static readonly Attack Attack = new(
        "unread-answers", $"{Connections} connections, 4 Observe streams each, that send batches of 1 MiB and read no answer", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(TimeSpan.FromSeconds(25));
        var message = BenchSidecar.Message(1, BenchLoad.Softmax(64, 4096, 1), 64);
        message.Brief = false;
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var channel = MonitorChannel.Create($"http://127.0.0.1:{sidecar.GrpcPort}");
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                try
                {
                    using var call = new PredictionService.PredictionServiceClient(channel).Observe(cancellationToken: enough.Token);
                    while (true)
                    {
                        await call.RequestStream.WriteAsync(message, enough.Token);
                        Interlocked.Increment(ref sent);
                    }
                }
                catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException or IOException)
                {
                    // Refused, or the time is up.
                }
            }));
        }));
        return $"{sent} batches sent";
    }
}
