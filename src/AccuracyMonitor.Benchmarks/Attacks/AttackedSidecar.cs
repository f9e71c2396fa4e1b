using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary>A sidecar process under the memory limit and the environment of the default container, on loopback ports of its own.</summary>
internal sealed class AttackedSidecar : IAsyncDisposable
{
    /// <summary>As in the Dockerfile's image without training.</summary>
    private static readonly (string Name, string Value)[] ImageEnvironment =
    [
        ("DOTNET_GCgen0size", "0x200000"), ("DOTNET_GCConserveMemory", "5"), ("MALLOC_ARENA_MAX", "1"), ("MALLOC_TRIM_THRESHOLD_", "65536"),
        ("MALLOC_MMAP_THRESHOLD_", "65536"), ("ORT_DISABLE_TELEMETRY", "1"), ("DOTNET_DbgEnableMiniDump", "0"),
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;
    private readonly MemoryLimit _limit;
    private readonly Process _process;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private long _peak;
    private TimeSpan _processorTime;

    private AttackedSidecar(DirectoryInfo folder, MemoryLimit limit, Process process, (int Grpc, int Http, int Sink) ports)
    {
        (_folder, _limit, _process) = (folder, limit, process);
        (GrpcPort, HttpPort, SinkPort) = ports;
        Channel = MonitorChannel.Create($"http://127.0.0.1:{GrpcPort}");
    }

    public int GrpcPort { get; }

    public int HttpPort { get; }

    public int SinkPort { get; }

    public GrpcChannel Channel { get; }

    public PredictionService.PredictionServiceClient Predictions => new(Channel);

    public bool IsAlive => !_process.HasExited;

    /// <summary>How it ended: an exit status, or 128 and the number of the signal.</summary>
    public string State
    {
        get
        {
            if (IsAlive)
            {
                return "alive";
            }

            _process.WaitForExit();
            return _process.ExitCode switch
            {
                134 => "SIGABRT",
                137 => "SIGKILL (out of memory)",
                139 => "SIGSEGV",
                var status => $"exit {status}",
            };
        }
    }

    /// <summary>Peak resident memory that was seen, in bytes.</summary>
    public long Peak => Math.Max(_peak, 0);

    /// <summary>Peak of the whole cgroup in bytes.</summary>
    public long GroupPeak => _limit.Peak();

    public TimeSpan ProcessorTime => _processorTime;

    /// <param name="program">The sidecar's executable.</param>
    /// <param name="memory">Limit in bytes.</param>
    /// <param name="descriptors">Limit of open files; 0: none of its own.</param>
    /// <param name="settings">Further settings.</param>
    public static async Task<AttackedSidecar> StartAsync(FileInfo program, long memory, int descriptors, string[] settings, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("am-attack-");
        var ports = (Grpc: FreePort(), Http: FreePort(), Sink: FreePort());
        var limit = new MemoryLimit(memory);
        string[] command =
        [
            .. descriptors == 0 ? (string[])[] : ["prlimit", $"--nofile={descriptors}:{descriptors}"], program.FullName,
            $"--Listen:Socket={Path.Combine(folder.FullName, "am.sock")}", $"--Listen:GrpcPort={ports.Grpc}", $"--Listen:HttpPort={ports.Http}",
            $"--Sink:Port={ports.Sink}", $"--Storage:Path={Path.Combine(folder.FullName, "am.db")}", "--Training:Mode=Off",
            "--Scoring:ExecutionProvider=Cpu", .. settings,
        ];
        var wrapped = limit.Wrap(command);
        var start = new ProcessStartInfo(wrapped[0], wrapped[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in ImageEnvironment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var log = new StreamWriter(Path.Combine(Path.GetTempPath(), "accuracy-monitor-attack.log")) { AutoFlush = true };
        process.OutputDataReceived += (_, e) => Write(log, e.Data);
        process.ErrorDataReceived += (_, e) => Write(log, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var sidecar = new AttackedSidecar(folder, limit, process, ports);
        await sidecar.ServingAsync(cancel);
        return sidecar;
    }

    /// <summary>Notes the peak memory and the CPU time so far; what a process that has ended had is known from the last call before.</summary>
    public void Measure()
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{_process.Id}/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    _peak = long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
                }
            }

            _process.Refresh();
            _processorTime = _process.TotalProcessorTime;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>Whether one good prediction is scored within five seconds.</summary>
    public async Task<bool> ScoresAsync(string id, CancellationToken cancel)
    {
        try
        {
            using var channel = MonitorChannel.Create($"unix://{Path.Combine(_folder.FullName, "am.sock")}");
            var message = BenchSidecar.Message(0, [0.9f, 0.1f], 2, "good").Batch;
            message.Ids[0] = id;
            var answer = await new PredictionService.PredictionServiceClient(channel).ScoreAsync(
                new ScoreRequest { Batch = message }, deadline: AttackedSidecar.Deadline(5), cancellationToken: cancel);
            return answer.Accepted == 1;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <returns>The status, or 0 when it does not answer.</returns>
    public async Task<int> HealthAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}/healthz"), cancel);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    /// <returns>The page's lines; none when it does not answer.</returns>
    public async Task<string[]> MetricsAsync(CancellationToken cancel)
    {
        try
        {
            return (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{HttpPort}/metrics"), cancel)).Split('\n');
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>So many seconds from now.</summary>
    public static DateTime Deadline(int seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        _http.Dispose();
        if (IsAlive)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _limit.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ServingAsync(CancellationToken cancel)
    {
        var health = new Health.HealthClient(Channel);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Patience && IsAlive)
        {
            try
            {
                if ((await health.CheckAsync(new HealthCheckRequest(), cancellationToken: cancel)).Status == HealthCheckResponse.Types.ServingStatus.Serving)
                {
                    return;
                }
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(50, cancel);
            }
        }

        throw new InvalidOperationException($"The sidecar does not serve ({State}); its log is {Path.GetTempPath()}accuracy-monitor-attack.log.");
    }

    private static void Write(StreamWriter log, string? line)
    {
        if (line is not null)
        {
            lock (log)
            {
                log.WriteLine(line);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
