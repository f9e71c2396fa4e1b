using AccuracyMonitor.Client;
using Grpc.Net.Client;

namespace AccuracyMonitor.Rules.Tests.Support;

/// <summary>`accuracy-monitor serve` as a process of its own.</summary>
internal sealed class ServedSidecar : IAsyncDisposable
{
    private readonly RealProcess _process;

    private ServedSidecar(RealProcess process, string socket, int port)
    {
        (_process, Socket, Target) = (process, $"unix://{socket}", $"127.0.0.1:{port}");
        Channel = MonitorChannel.Create(Socket);
    }

    public string Socket { get; }

    /// <summary>host:port of /metrics.</summary>
    public string Target { get; }

    public GrpcChannel Channel { get; }

    public static async Task<ServedSidecar> StartAsync(string folder, string name, HttpClient http, params string[] settings)
    {
        var (socket, port) = (Path.Combine(folder, $"{name}.sock"), Ports.Free());
        var process = RealProcess.AccuracyMonitor(
        [
            "serve", $"--Listen:Socket={socket}", "--Listen:GrpcPort=-1", $"--Listen:HttpPort={port}", $"--Storage:Path={Path.Combine(folder, $"{name}.db")}",
            "--Training:Mode=Off",
            "--Sampling:MaxRequestsPerHour=10000000", "--Logging:LogLevel:Default=Warning", .. settings,
        ]);
        var sidecar = new ServedSidecar(process, socket, port);
        await process.ReadyAsync(http, new Uri($"http://{sidecar.Target}/metrics"));
        return sidecar;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _process.DisposeAsync();
    }
}
