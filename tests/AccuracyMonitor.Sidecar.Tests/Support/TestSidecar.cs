using System.Runtime.InteropServices;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Client;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Support;

/// <summary>The real sidecar in this process: real sockets, real SQLite, a folder of its own.</summary>
internal sealed class TestSidecar : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TapLifetime _tap;
    private readonly bool _ownsFolder;
    private Task? _stopping;

    private TestSidecar(WebApplication app, TapLifetime tap, string folder, bool ownsFolder)
    {
        (_app, _tap, Folder, _ownsFolder) = (app, tap, folder, ownsFolder);
        Channel = MonitorChannel.Create($"unix://{Path.Combine(folder, "am.sock")}");
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "am.db");

    public GrpcChannel Channel { get; }

    public string HttpAddress => Services.GetRequiredService<Listeners>().AddressOf(ListenerUse.Http);

    /// <summary>Of a sidecar with <c>Sink:Port=0</c>.</summary>
    public Uri SinkAddress =>
        new(Services.GetRequiredService<Listeners>().AddressOf(ListenerUse.Sink).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>Of a sidecar with a tap.</summary>
    public Uri TapAddress(ListenerUse use) => new(_tap.Host!.Listeners.AddressOf(use));

    /// <summary>Of a sidecar with a tap: what waits to be read.</summary>
    public TapQueue TapQueue => _tap.Host!.Queue;

    public IServiceProvider Services => _app.Services;

    public PredictionService.PredictionServiceClient Predictions => new(Channel);

    public LabelService.LabelServiceClient Labels => new(Channel);

    public EstimateService.EstimateServiceClient Estimates => new(Channel);

    public MonitorService.MonitorServiceClient Monitors => new(Channel);

    public AuditService.AuditServiceClient Audit => new(Channel);

    public static async Task<TestSidecar> StartAsync(params string[] settings) => await StartInAsync(null, settings);

    /// <param name="folder">Of an earlier sidecar, to start on what it left; null: a new one.</param>
    /// <param name="settings">As on the command line.</param>
    public static Task<TestSidecar> StartInAsync(string? folder, params string[] settings) => StartAsync(folder, time: null, settings);

    /// <summary>On what an earlier sidecar left, as if it were started <paramref name="later"/>: its wall clock is ahead by that.</summary>
    public static Task<TestSidecar> StartLaterInAsync(string folder, TimeSpan later, params string[] settings) =>
        StartAsync(folder, new AheadClock(later), settings);

    /// <param name="time">The clock of the whole sidecar.</param>
    /// <param name="settings">As on the command line.</param>
    public static Task<TestSidecar> StartOnAsync(TimeProvider time, params string[] settings) => StartAsync(folder: null, time, settings);

    private static async Task<TestSidecar> StartAsync(string? folder, TimeProvider? time, string[] settings)
    {
        var owns = folder is null;
        folder ??= Directory.CreateTempSubdirectory("am-").FullName;
        var app = SidecarApplication.Build([.. Settings(folder), .. settings], time);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        var tap = new TapLifetime(CancellationToken.None);
        await tap.StartAsync(app, app.Services.GetRequiredService<IOptions<ListenOptions>>().Value.ShutdownTimeout);
        await app.Services.GetRequiredService<SidecarStartup>().PrepareAsync(CancellationToken.None);
        await app.StartAsync();
        return new TestSidecar(app, tap, folder, owns);
    }

    public static string[] Settings(string folder) =>
    [
        $"--Listen:Socket={Path.Combine(folder, "am.sock")}",
        "--Listen:GrpcPort=-1",
        "--Listen:HttpPort=0",
        $"--Storage:Path={Path.Combine(folder, "am.db")}",
        "--Estimation:RefreshInterval=100ms",

        // Without a seed each run would choose other predictions.
        "--Sampling:Seed=1",
        "--Training:Mode=Off",
        "--Logging:LogLevel:Default=Warning",
    ];

    public async Task<string> ScrapeAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{HttpAddress}/metrics"));
    }

    /// <summary>Value of one series, such as <c>accuracy_monitor_predictions_total{model="m",version="1"}</c>; null when it is not there.</summary>
    public async Task<double?> MetricAsync(string series) => (await ScrapeAsync()).Split('\n')
        .Where(l => l.StartsWith(series + " ", StringComparison.Ordinal))
        .Select(l => (double?)double.Parse(l[(series.Length + 1)..]))
        .SingleOrDefault();

    /// <summary>Stops the server, keeping the folder.</summary>
    /// <summary>Once: hosted services are not told twice, as in a process.</summary>
    public Task StopAsync() => _stopping ??= _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
        await _tap.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}

/// <summary>Batches to send.</summary>
internal static class Batches
{
    public static PredictionBatch Of(float[][] rows, string[]? ids = null, string model = "m", string version = "1", string segment = "") => new()
    {
        Model = model,
        Version = version,
        Segment = segment,
        ClassCount = (uint)rows[0].Length,
        Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(rows.SelectMany(r => r).ToArray().AsSpan())),
        Ids = { ids ?? [] },
    };

    /// <summary>Softmax vectors of differing confidence, by seed.</summary>
    public static float[][] Softmax(int rows, int classes, int seed)
    {
        var random = new Random(seed);
        var result = new float[rows][];
        for (var i = 0; i < rows; i++)
        {
            var top = 0.4f + (0.6f * (float)random.NextDouble());
            result[i] = new float[classes];
            Array.Fill(result[i], (1 - top) / (classes - 1));
            result[i][random.Next(classes)] = top;
        }

        return result;
    }

    public static string[] Ids(string prefix, int rows) => [.. Enumerable.Range(0, rows).Select(i => $"{prefix}-{i}")];
}
