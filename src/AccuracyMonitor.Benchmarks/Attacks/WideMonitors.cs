using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>A valid monitor file of 4 MB whose members together need a gigabyte.</summary>
internal static class WideMonitors
{
    public static readonly Attack Attack = new("wide-monitor", "RegisterMonitor with a valid file, 1024×1024 hidden units, 256 members", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        var shape = DrawnMonitor.Shape(2, MonitorEncoding.SortedLog) with { HiddenWidths = [1024, 1024], Members = 256, DropoutRate = 0 };
        var file = MonitorFile.Write(shape, DrawnMonitor.Weights(shape)).Onnx;
        var (score, id) = (0, 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var scoring = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    score += await sidecar.ScoresAsync($"during-{id++}", cancel) ? 1 : 0;
                }
            },
            cancel);
        string outcome;
        try
        {
            await new MonitorService.MonitorServiceClient(sidecar.Channel).RegisterMonitorAsync(
                new RegisterMonitorRequest { Model = "good", Version = "1", Onnx = ByteString.CopyFrom(file) }, cancellationToken: cancel);
            outcome = "registered";
        }
        catch (RpcException e)
        {
            outcome = $"{e.StatusCode}: {e.Status.Detail}";
        }

        await stop.CancelAsync();
        await scoring;
        return $"{file.Length / 1e6:0.0} MB: {outcome}; {score} of {id} good predictions scored meanwhile";
    }
}
