using System.Net;
using System.Net.Sockets;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>More connections than the process may have files.</summary>
internal static class ManyConnections
{
    private const int Connections = 2000;

    public static readonly Attack Attack = new("many-connections", $"{Connections} idle connections to the gRPC port; 512 files allowed", RunAsync)
    {
        Descriptors = 512,
    };

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        List<Socket> open = [];
        var refused = 0;
        for (var i = 0; i < Connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, sidecar.GrpcPort, patience.Token);
                open.Add(socket);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
                refused++;
                if (refused > 5)
                {
                    break;
                }
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(2), cancel);
        var during = await sidecar.ScoresAsync("during", cancel);
        var health = await sidecar.HealthAsync(cancel);
        var closed = open.Count(s => s.Poll(0, SelectMode.SelectRead));
        open.ForEach(s => s.Dispose());
        await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        return $"{open.Count} connected, {closed} of them closed by the sidecar; meanwhile good prediction {(during ? "scored" : "lost")}, /healthz {health}";
    }
}
