using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>Posts to the sink that declare the largest body and send next to nothing of it.</summary>
internal static class SlowEvents
{
    private const int Connections = 9;
    private const int Good = 200;

    public static readonly Attack Attack = new(
        "slow-events", $"{Connections} posts to the sink that declare 8 MiB and send a byte a second; {Good} good events meanwhile", RunAsync);

    private static async Task<string> RunAsync(AttackedSidecar sidecar, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var head = Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nHost: s\r\nContent-Type: application/cloudevents+json\r\nContent-Length: 8388608\r\n\r\n{");
        var slow = Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, sidecar.SinkPort, cancel);
            await socket.SendAsync(head, cancel);
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    await socket.SendAsync(" "u8.ToArray(), cancel);
                }
            }
            catch (SocketException)
            {
                // Cut off.
            }
        }).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        using var http = new HttpClient();
        for (var i = 0; i < Good; i++)
        {
            await LongNames.SendAsync(
                http, sidecar,
                LongNames.Structured(
                    $"good-{i}", """{"model_name":"good","model_version":"1","outputs":[{"name":"o","datatype":"FP32","shape":[1,2],"data":[0.9,0.1]}]}"""),
                cancel);
        }

        await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        var captured = (await sidecar.MetricsAsync(cancel))
            .Where(l => l.StartsWith("accuracy_monitor_captured_total{source=\"sink\"} ", StringComparison.Ordinal))
            .Select(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).FirstOrDefault();
        await stop.CancelAsync();
        await Task.WhenAll(slow);
        return $"{captured} of {Good} good events counted";
    }
}
