using System.Text.Json;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>The demo's serving application as a separate process.</summary>
internal sealed class ServingProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private ServingProcess(ChildProcess process, Uri address, int rate)
    {
        (_process, _http) = (process, new HttpClient { BaseAddress = address });
        Load = new OpenLoopLoad(address, rate);
    }

    public OpenLoopLoad Load { get; }

    public long PeakMemory => _process.PeakMemory();

    /// <param name="folder">Folder for its log.</param>
    /// <param name="rate">Load in requests per second.</param>
    /// <param name="monitor">Address of the monitor; null: not monitored.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public static async Task<ServingProcess> StartAsync(DirectoryInfo folder, int rate, string? monitor, CancellationToken cancel)
    {
        string[] settings =
        [
            "--Serving:Listen=http://127.0.0.1:0", "--Serving:StopWithStandardInput=true", .. monitor is null
                ? (string[])["--Serving:Monitored=false"]
                : [$"--Serving:Monitor={monitor}", $"--Serving:Model={DemoProcesses.Model}", $"--Serving:Version={DemoProcesses.Version}"],
        ];
        var process = ChildProcess.Start(
            "serving application", DemoProcesses.ServingApplication(), settings, Path.Combine(folder.FullName, $"app-{Guid.NewGuid():N}.log"));
        try
        {
            return new ServingProcess(process, new Uri(await DemoProcesses.ServingAddressAsync(process, cancel)), rate);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task<ClientNumbers> NumbersAsync(CancellationToken cancel)
    {
        using var health = JsonDocument.Parse(await _http.GetStringAsync(new Uri("health", UriKind.Relative), cancel));
        var root = health.RootElement;
        return new ClientNumbers(
            root.GetProperty("monitor_observed").GetInt64(),
            root.GetProperty("monitor_accepted").GetInt64(),
            root.GetProperty("monitor_rejected").GetInt64(),
            root.GetProperty("monitor_dropped_by_reason").EnumerateObject().Where(p => p.Value.GetInt64() > 0)
                .ToDictionary(p => p.Name, p => p.Value.GetInt64(), StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        Load.Dispose();
        _http.Dispose();
        await _process.DisposeAsync();
    }
}

/// <summary>Outcomes of the predictions, as reported by the client in the serving application.</summary>
internal sealed record ClientNumbers(long Observed, long Accepted, long Rejected, IReadOnlyDictionary<string, long> Dropped)
{
    /// <summary>Predictions in the queue or in flight; never negative except between two reads.</summary>
    public long Waiting => Observed - Accepted - Rejected - Dropped.Values.Sum();
}
