using System.Globalization;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>A sidecar process that can be killed, stopped and started again with the same data.</summary>
internal sealed class HarmSidecar : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly string[] _command;
    private readonly string[] _settings;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private ChildProcess? _process;
    private Uri? _metrics;
    private long _peakBefore;
    private int _lives;

    /// <param name="folder">Folder for socket, monitor, log and (unless the settings say otherwise) the database.</param>
    /// <param name="nice">Nice value relative to the application, 0–19.</param>
    /// <param name="settings">Further settings.</param>
    public HarmSidecar(DirectoryInfo folder, int nice, string[] settings)
    {
        _folder = folder;
        var monitor = Path.Combine(folder.FullName, "monitor.onnx");
        var shape = DrawnMonitor.Shape(LabelledImages.ClassCount, DrawnMonitor.EncodingFor(LabelledImages.ClassCount));
        File.WriteAllBytes(monitor, MonitorFile.Write(shape, DrawnMonitor.Weights(shape)).Onnx);
        _command = ["nice", "-n", $"{nice}", .. DemoServeCommand.Program(), DemoServeCommand.Name];
        _settings =
        [
            $"--Listen:Socket={Socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(folder.FullName, "am.db")}",
            $"--Monitor:Artifact={monitor}", "--Scoring:ExecutionProvider=Cpu", "--Training:Mode=Off", .. settings,
        ];
    }

    public string Socket => Path.Combine(_folder.FullName, "am.sock");

    public string Address => $"unix://{Socket}";

    public bool IsRunning => _process is not null;

    public long PeakMemory => Math.Max(_peakBefore, _process?.PeakMemory() ?? 0);

    /// <summary>True if a kill -9 ended a process before its counts were read.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>Counts of earlier processes, as far as they were read.</summary>
    public Dictionary<string, double> Earlier { get; } = [];

    public async Task StartAsync(CancellationToken cancel)
    {
        if (_process is not null)
        {
            return;
        }

        _process = ChildProcess.Start("sidecar", _command, _settings, Path.Combine(_folder.FullName, $"sidecar-{++_lives}.log"));
        _metrics = new Uri(await DemoProcesses.MetricsAddressAsync(_process, cancel) + "/metrics");
    }

    public async Task KillAsync(CancellationToken cancel)
    {
        if (_process is null)
        {
            return;
        }

        foreach (var (series, value) in await ScrapeAsync(cancel))
        {
            Earlier[series] = Earlier.GetValueOrDefault(series) + value;
        }

        _peakBefore = PeakMemory;
        WasKilled = true;
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    public void Freeze() => _process?.Freeze();

    public void Thaw() => _process?.Thaw();

    /// <summary>Counters of the current process by series, including label values.</summary>
    public async Task<Dictionary<string, double>> ScrapeAsync(CancellationToken cancel)
    {
        Dictionary<string, double> values = [];
        foreach (var line in (await _http.GetStringAsync(_metrics, cancel)).Split('\n'))
        {
            var space = line.LastIndexOf(' ');
            if (space > 0 && line[0] != '#' && double.TryParse(line[(space + 1)..], CultureInfo.InvariantCulture, out var value))
            {
                values[line[..space]] = value;
            }
        }

        return values;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            Thaw();
            await _process.DisposeAsync();
        }

        _http.Dispose();
    }
}
