using System.Globalization;
using AccuracyMonitor.Training;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>The real sidecar within this process, on a private Unix socket and with a folder of its own that goes with it.</summary>
internal sealed class LocalSidecar : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _folder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _running;

    private LocalSidecar(SidecarProgram program, DirectoryInfo folder, string[] settings)
    {
        _folder = folder;
        Address = $"unix://{Socket(folder)}";
        _running = Task.Run(() => program(settings, _stop.Token));
    }

    public string Address { get; }

    /// <param name="program">The sidecar.</param>
    /// <param name="options">Budget, window, objective, seed.</param>
    /// <param name="monitor">Writes a monitor file; null: the sidecar starts with the maximum softmax.</param>
    /// <param name="cancel">Ends the start.</param>
    /// <exception cref="SidecarException">It ended, or did not answer in time.</exception>
    public static async Task<LocalSidecar> StartAsync(SidecarProgram program, ReplayOptions options, byte[]? monitor, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("am-replay-");
        List<string> settings = [.. Settings(options, folder)];
        if (monitor is not null)
        {
            var file = Path.Combine(folder.FullName, "monitor.onnx");
            await File.WriteAllBytesAsync(file, monitor, cancel);
            settings.Add($"--Monitor:Artifact={file}");
        }

        var sidecar = new LocalSidecar(program, folder, [.. settings]);
        try
        {
            await sidecar.WaitAsync(cancel);
            return sidecar;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Socket(DirectoryInfo folder) => Path.Combine(folder.FullName, "monitor.sock");

    private static IEnumerable<string> Settings(ReplayOptions options, DirectoryInfo folder)
    {
        const double MostAnHour = 10_000_000;
        var budget = options.Budget ?? ReplayOptions.DefaultBudget;
        var hourly = options.Rate == 0 || options.Speed is not null ? MostAnHour : Math.Clamp(2 * options.Rate * budget * 3600, 3600, MostAnHour);

        // Well after the label, for one that comes; a log's may come whenever its line is reached.
        var lifetime = options.Log is not null ? TimeSpan.FromDays(1) : (2 * options.LabelDelay) + TimeSpan.FromMinutes(1);
        return
        [
            $"--Listen:Socket={Socket(folder)}",
            "--Listen:GrpcPort=-1",
            "--Listen:HttpPort=0",
            $"--Storage:Path={Path.Combine(folder.FullName, "monitor.db")}",
            $"--Estimation:Windows:0={options.Window ?? ReplayOptions.DefaultWindow:c}",
            string.Create(CultureInfo.InvariantCulture, $"--Sampling:Budget={budget}"),
            $"--Sampling:Seed={options.Seed}",
            string.Create(CultureInfo.InvariantCulture, $"--Sampling:MaxRequestsPerHour={(long)hourly}"),
            $"--Labelling:RequestLifetime={lifetime:c}",
            $"--Training:Mode={(TorchRuntime.IsAvailable(out _) ? "InProcess" : "Off")}",
            "--Logging:LogLevel:Default=Warning",

            // Standard output is the replay's.
            "--Logging:Console:LogToStandardErrorThreshold=Trace",
            .. options.Objective is { } objective ? [string.Create(CultureInfo.InvariantCulture, $"--Alarms:Objective={objective}")] : Array.Empty<string>(),
        ];
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var link = new SidecarLink(Address, "start", "1");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartTimeout);
        while (!_running.IsCompleted)
        {
            try
            {
                await link.QueueAsync(limit.Token);
                return;
            }
            catch (RpcException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(Pause, limit.Token);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                throw new SidecarException($"The sidecar did not start within {StartTimeout.TotalSeconds:F0} s.", inner: e);
            }
        }

        throw new SidecarException($"The sidecar ended at its start with exit code {await _running}; what it said is above.");
    }
}
