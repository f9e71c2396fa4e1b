using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using AccuracyMonitor.Client;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace AccuracyMonitor.Benchmarks;

/// <summary>A sidecar process with an ensemble of 20 members, no training and a new database in a temporary folder.</summary>
internal sealed class BenchSidecar : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private BenchSidecar(DirectoryInfo folder, Process process, string socket, long started)
    {
        (_folder, _process, Socket, Started) = (folder, process, socket, started);
        Channel = MonitorChannel.Create($"unix://{socket}");
    }

    public GrpcChannel Channel { get; }

    public string Socket { get; }

    /// <summary>Stopwatch timestamp just before the process was started.</summary>
    public long Started { get; }

    /// <summary>Current and peak resident memory in bytes.</summary>
    public (long Now, long Most) Resident
    {
        get
        {
            _process.Refresh();
            return (_process.WorkingSet64, _process.PeakWorkingSet64);
        }
    }

    /// <summary>User and kernel CPU time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Option<FileInfo> ProgramOption() => new Option<FileInfo>("--program")
    {
        Description = "A published sidecar to start. [default: accuracy-monitor serve]",
    }.AcceptExistingOnly();

    /// <summary>Starts a sidecar without waiting until it answers.</summary>
    /// <param name="program">A published AccuracyMonitor.Sidecar; null: <c>accuracy-monitor serve</c>.</param>
    /// <param name="classes">K of its monitor.</param>
    /// <param name="more">Further settings.</param>
    public static BenchSidecar Start(FileInfo? program, int classes, params string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("am-bench-");
        var shape = DrawnMonitor.Shape(classes, DrawnMonitor.EncodingFor(classes));
        var (socket, monitor) = (Path.Combine(folder.FullName, "am.sock"), Path.Combine(folder.FullName, "monitor.onnx"));
        File.WriteAllBytes(monitor, MonitorFile.Write(shape, DrawnMonitor.Weights(shape)).Onnx);
        string[] settings =
        [
            $"--Listen:Socket={socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(folder.FullName, "am.db")}",
            $"--Monitor:Artifact={monitor}", "--Scoring:ExecutionProvider=Cpu", "--Training:Mode=Off", "--Logging:LogLevel:Default=Warning", .. more,
        ];
        var start = program is null
            ? BenchmarkProcess.Start([.. DemoServeCommand.Program(), "serve", .. settings])
            : new ProcessStartInfo(program.FullName, settings);
        var started = Stopwatch.GetTimestamp();
        return new BenchSidecar(folder, Process.Start(start)!, socket, started);
    }

    /// <summary>Waits until its health status is SERVING.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or did not answer within a minute.</exception>
    public async Task ServingAsync(CancellationToken cancel)
    {
        var health = new Health.HealthClient(Channel);
        while (Stopwatch.GetElapsedTime(Started) < Patience)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The sidecar ended with status {_process.ExitCode}.");
            }

            try
            {
                // Waits for the socket file first: a call to a missing socket would wait for the client's retry delay.
                if (File.Exists(Socket)
                    && (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: cancel)).Status == HealthCheckResponse.Types.ServingStatus.Serving)
                {
                    return;
                }
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                // The file exists before the server listens.
            }

            await Task.Delay(2, cancel);
        }

        throw new InvalidOperationException($"The sidecar did not answer within {Patience.TotalSeconds:0} s.");
    }

    public static ObserveRequest Message(ulong sequence, float[] values, int classes, string model = "bench")
    {
        var batch = new PredictionBatch
        {
            Model = model,
            Version = "1",
            ClassCount = (uint)classes,
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
        };
        batch.Ids.Add(Enumerable.Range(0, values.Length / classes).Select(i => $"{sequence}-{i}"));
        return new ObserveRequest { Batch = batch, Sequence = sequence, Brief = true };
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
