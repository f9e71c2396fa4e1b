using System.CommandLine;
using AccuracyMonitor.Client;
using AccuracyMonitor.Sidecar.Composition;
using Grpc.Net.Client;

namespace AccuracyMonitor.Cli.Tests;

/// <summary>A sidecar in this process, on a socket in a folder of its own, that commands are run against.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cli-tests-");
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private RunningSidecar(string[] settings)
    {
        Channel = MonitorChannel.Create(Target);
        _running = Task.Run(() => SidecarHost.RunAsync(
            [
                $"--Listen:Socket={Socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(Folder, "am.db")}",
                "--Training:Mode=Off", "--Logging:LogLevel:Default=Error", .. settings,
            ],
            _stop.Token));
    }

    public string Folder => _folder.FullName;

    public string Target => $"unix://{Socket}";

    public GrpcChannel Channel { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Socket => Path.Combine(Folder, "am.sock");

    public static async Task<RunningSidecar> StartAsync(params string[] settings)
    {
        var sidecar = new RunningSidecar(settings);
        while (!File.Exists(sidecar.Socket) && !sidecar._running.IsCompleted)
        {
            await Task.Delay(20, Cancel);
        }

        return sidecar;
    }

    /// <summary>Runs a command with <c>--target</c> of this sidecar.</summary>
    public Task<(int Code, string Output, string Error)> RunAsync(Command command, params string[] arguments) =>
        CommandRun.InvokeAsync(command, [.. arguments, "--target", Target]);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }
}
