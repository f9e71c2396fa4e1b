using System.Diagnostics;
using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>
/// One scenario: an application without a monitor and one with a monitor, as separate processes, get the same load in turns. The fault is
/// applied to the sidecar while the second one serves.
/// </summary>
internal sealed class HarmRun(Scenario scenario, HarmOptions options, DirectoryInfo folder, TextWriter progress, CancellationToken cancel) : IAsyncDisposable
{
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<IAsyncDisposable> _others = [];
    private readonly List<TimeSpan> _recoveries = [];
    private ServingProcess? _plain;
    private ServingProcess? _monitored;

    public HarmSidecar Sidecar { get; private set; } = null!;

    public TinyDisk? Disk { get; private set; }

    public CancellationToken Cancel => cancel;

    /// <summary>Work beside the sidecar that runs until the fault has ended.</summary>
    public void Beside(IAsyncDisposable work) => _others.Add(work);

    /// <summary>Starts a program at the sidecar's priority that runs until the fault has ended.</summary>
    public ChildProcess StartBeside(string name, params string[] command)
    {
        var child = ChildProcess.Start(name, ["nice", "-n", $"{options.Nice}", .. command], [], Path.Combine(folder.FullName, $"{Guid.NewGuid():N}.log"));
        Beside(child);
        return child;
    }

    public async Task EndOthersAsync()
    {
        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        _others.Clear();
    }

    /// <exception cref="DemoException">A process did not start, or a disk could not be mounted.</exception>
    public async Task<HarmResult> RunAsync()
    {
        await StartAsync();
        var pairs = new LatencyPairs();
        for (var pair = 1; pair <= options.Pairs; pair++)
        {
            await progress.WriteLineAsync($"{scenario.Name}: pair {pair} of {options.Pairs}");

            // Every second pair runs in reverse order, so that effects of the order cancel.
            var before = pair % 2 == 1 ? await PlainPhaseAsync() : null;
            var with = await BrokenPhaseAsync();
            pairs.Add(before ?? await PlainPhaseAsync(), with);
        }

        await Sidecar.StartAsync(cancel);
        var client = await DrainedAsync();
        return new HarmResult
        {
            Scenario = scenario,
            Latency = pairs,
            Client = client,
            Sidecar = await SidecarNumbers.ReadAsync(Sidecar, cancel),
            Failed = _plain!.Load.Failed + _monitored!.Load.Failed,
            PlainMemory = _plain.PeakMemory,
            MonitoredMemory = _monitored.PeakMemory,
            SidecarMemory = Sidecar.PeakMemory,
            Recoveries = _recoveries,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await EndOthersAsync();
        foreach (var process in (IAsyncDisposable?[])[_monitored, _plain, Sidecar, Disk])
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }
    }

    private async Task StartAsync()
    {
        string[] settings = scenario.Settings;
        if (scenario.DiskMegabytes > 0)
        {
            Disk = await TinyDisk.MountAsync(scenario.DiskMegabytes)
                ?? throw new DemoException($"{scenario.Name} needs a small tmpfs, and mounting one is not allowed here (needs root).");
            settings = [.. settings, $"--Storage:Path={Path.Combine(Disk.Path, "am.db")}"];
        }

        Sidecar = new HarmSidecar(folder, options.Nice, settings);
        await Sidecar.StartAsync(cancel);
        _plain = await ServingProcess.StartAsync(folder, options.Rate, monitor: null, cancel);
        _monitored = await ServingProcess.StartAsync(folder, options.Rate, scenario.Monitored ? Sidecar.Address : null, cancel);
        var warmUp = options.Phase < LongestWarmUp ? options.Phase : LongestWarmUp;
        await _plain.Load.RunAsync(warmUp, cancel);
        await _monitored.Load.RunAsync(warmUp, cancel);
    }

    private Task<double[]> PlainPhaseAsync() => _plain!.Load.RunAsync(options.Phase, cancel);

    private async Task<double[]> BrokenPhaseAsync()
    {
        if (scenario.WholePhase)
        {
            await scenario.Break(this);
            var times = await _monitored!.Load.RunAsync(options.Phase, cancel);
            await MendAsync();
            return times;
        }

        var load = _monitored!.Load.RunAsync(options.Phase, cancel);
        await Task.Delay(options.Phase / 3, cancel);
        await scenario.Break(this);
        await Task.Delay(options.Phase / 3, cancel);
        await MendAsync();
        return await load;
    }

    private async Task MendAsync()
    {
        var before = await _monitored!.NumbersAsync(cancel);
        var watch = Stopwatch.StartNew();
        await scenario.Mend(this);
        if (!scenario.Recovers)
        {
            return;
        }

        // Recovered: predictions arrive (or none remain), and at most a second's worth is waiting.
        for (var now = before; (now.Accepted == before.Accepted && now.Waiting > 0) || now.Waiting > options.Rate; now = await _monitored.NumbersAsync(cancel))
        {
            if (watch.Elapsed > Patience)
            {
                return;
            }

            await Task.Delay(Look, cancel);
        }

        _recoveries.Add(watch.Elapsed);
    }

    /// <summary>Waits until no prediction is in flight.</summary>
    private async Task<ClientNumbers> DrainedAsync()
    {
        var watch = Stopwatch.StartNew();
        var now = await _monitored!.NumbersAsync(cancel);
        while (now.Waiting != 0 && watch.Elapsed < Patience)
        {
            await Task.Delay(Look, cancel);
            now = await _monitored.NumbersAsync(cancel);
        }

        return now;
    }
}
