using System.Globalization;
using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using Grpc.Core;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>A replay from its file to its summary: reads the source, starts or finds the sidecar, runs, and writes what was asked for.</summary>
internal sealed class ReplaySession(ReplayOptions options, IRunDisplay display, SidecarProgram sidecar, TimeProvider time)
{
    /// <returns>False if it was cancelled; the summary then covers what had been done.</returns>
    /// <exception cref="TraceFileException">The file can't be used.</exception>
    /// <exception cref="ArgumentException">There is nothing to replay, or the address can't be used.</exception>
    /// <exception cref="MonitorFileException">The monitor can't be used.</exception>
    /// <exception cref="SidecarException">No sidecar answers, or it was lost.</exception>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        IReplaySource source = options.Log is { } log
            ? ReadLog(log)
            : TraceSource.Read(ReadTrace(options.Traces!), options.Conditions, options.PerCondition, Run(now), options.Seed);
        await using var local = options.Target is null ? await LocalSidecar.StartAsync(sidecar, options, await MonitorAsync(source, cancel), cancel) : null;
        var address = local?.Address ?? options.Target!;
        using var link = Link(address, options.ModelVersion ?? (local is not null ? "1" : now.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)));
        display.Say($"Sidecar: {address}; reporting as model {link.Model}, version {link.Version}");
        SayShort(source);

        var (summary, points) = await ReplayAsync(new ReplayRun(source, options, link, address, display, time), cancel);
        display.ShowSummary(ReplayTables.Of(summary));
        if (options.Json is { } json)
        {
            ReplayJson.Write(json, options, summary, points);
            display.Say($"Numbers: {Path.GetFullPath(json)}");
        }

        if (options.Plot is { } plot && points.Count > 1)
        {
            RunPlot.Write(plot, points, options.Objective);
            display.Say($"Plot: {Path.GetFullPath(plot)}");
        }

        return summary.Complete;
    }

    private static async Task<(ReplaySummary Summary, IReadOnlyList<RunPoint> Points)> ReplayAsync(ReplayRun run, CancellationToken cancel)
    {
        try
        {
            return await run.RunAsync(cancel);
        }
        catch (RpcException e)
        {
            throw new SidecarException($"The sidecar was lost: {e.Status.Detail}", inner: e);
        }
    }

    private LogSource ReadLog(string path)
    {
        var log = LogSource.Read(path, options.Reading);
        Say(log.Understood);
        return log;
    }

    private TraceFile ReadTrace(string path)
    {
        var trace = TraceFile.Open(path, options.Reading);
        Say(trace.Understood);
        return trace;
    }

    private void Say(TraceUnderstanding understood)
    {
        foreach (var line in understood.Lines())
        {
            display.Say(line);
        }
    }

    /// <summary>At a target an earlier replay's ids may be known: then none of them comes again. In process the same seed gives the same ids, so the same
    /// coins.</summary>
    private string Run(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"replay{(options.Target is null ? (long)options.Seed : now.ToUnixTimeMilliseconds()):x}");

    private SidecarLink Link(string address, string version)
    {
        try
        {
            return new SidecarLink(address, options.Model, version);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--target is '{address}'; {e.Message}", e);
        }
    }

    private async Task<byte[]?> MonitorAsync(IReplaySource source, CancellationToken cancel)
    {
        if (options.Monitor is { } file)
        {
            return await File.ReadAllBytesAsync(file, cancel);
        }

        if (source.Reference is not { } reference)
        {
            display.Say("No reference set: the monitor starts as the maximum softmax, unproven, until labels have taught it.");
            return null;
        }

        if (!TorchRuntime.IsAvailable(out var reason))
        {
            display.Say($"The monitor starts as the maximum softmax: it can't be trained on the reference here. {reason}");
            return null;
        }

        display.Say($"Training the monitor on the reference, {reference.Count:N0} rows …");
        return await Task.Run(() => Train(reference, cancel), cancel);
    }

    private byte[] Train(ReferenceSet reference, CancellationToken cancel) =>
        MonitorTrainer.Train(reference, new TrainingOptions { Seed = options.Seed }, cancellationToken: cancel).Onnx;

    /// <summary>Conditions shorter than a window are never seen by themselves: the commonest reason for a result that says little.</summary>
    private void SayShort(IReplaySource source)
    {
        var window = options.Window ?? ReplayOptions.DefaultWindow;
        if (options is { Traces: not null, Target: null, Rate: > 0 }
            && source.Conditions.MinBy(p => p.Count) is { } shortest && shortest.Count / options.Rate < window.TotalSeconds)
        {
            display.Say(
                $"'{shortest.Name}' lasts {shortest.Count / options.Rate:F0} s, less than the window of {window.TotalSeconds:F0} s: no window is of it alone. "
                    + $"Raise --per-condition or lower --window.");
        }
    }
}
