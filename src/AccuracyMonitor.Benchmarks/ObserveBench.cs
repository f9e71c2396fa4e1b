using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AccuracyMonitor.Client;
using AccuracyMonitor.Core;
using AccuracyMonitor.Runs.Demo;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Training;
using AccuracyMonitor.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccuracyMonitor.Benchmarks;

/// <summary><c>benchmarks observe</c>: throughput of Observe compared with gRPC alone and scoring alone, on one core, in one run.</summary>
internal static class ObserveBench
{

    public static Command Create()
    {
        var seconds = new Option<double>("--seconds")
        {
            Description =
            "Time for each measurement, and before it to warm up. Under 8 a server still compiles while it is measured.",
            DefaultValueFactory = _ => 8
        };
        var batch = new Option<int[]>(
            "--batch")
        { Description = "Predictions in a message.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [256] };
        var encoding = new Option<ValueEncoding[]>("--encoding")
        {
            Description = "How the rows are written: Float32, Float16, Top (the ten largest; fewer classes are sent in full).",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [ValueEncoding.Float32],
        };
        var classes =
            new Option<int[]>("--classes") { Description = "Class counts K.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10, 1000] };
        var cap = BoundedOption.Create(
            "--requests-per-hour", "Sampling:MaxRequestsPerHour. Beyond any queue that people could work off, each request costs what its durable write costs.",
            3600, 1, int.MaxValue);
        var observe = new Command(
            "observe",
            """
            What a prediction costs through Observe over a Unix socket, with an ensemble of 20 members, beside ONNX Runtime alone with the monitor's
            own file on the same batches and beside a gRPC echo of the same messages: processor time, client and server together on one core, the
            client's encoding included. Each in µs; so 1 / µs is millions of predictions a second and core.

            "scorer" is what the sidecar calls to score, alone. "sidecar": of Observe's, that of the sidecar's own process. "slower": Observe's share of
            the rate of the slower of ONNX Runtime and echo. "both": its share of what is left when scorer and echo take turns, which is what one core
            could do if the sidecar did nothing else. "by the clock": predictions a second as they passed.

              benchmarks observe --classes 10 1000 --batch 1 16 256 --encoding Float32 Float16 Top
            """) { seconds, batch, classes, encoding, cap };
        observe.SetAction((parsed, cancel) => RunAsync(
            TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(batch)!, parsed.GetValue(classes)!, parsed.GetValue(encoding)!,
            parsed.GetValue(cap),
            parsed.InvocationConfiguration.Output, cancel));
        return observe;
    }

    private static async Task<int> RunAsync(
        TimeSpan duration, int[] batches, int[] classCounts, ValueEncoding[] encodings, int cap, TextWriter output, CancellationToken cancel)
    {
        // Child processes inherit the affinity: client, server and scorer share the core.
        OneCore.Pin();
        await output.WriteLineAsync(Line("K", "batch", "encoding", "ORT alone", "scorer", "echo", "Observe", "sidecar", "slower", "both", "by the clock"));
        foreach (var classes in classCounts)
        {
            var monitor = MonitorTrainer.Train(Reference(classes), new TrainingOptions { MaxEpochs = 1 }, cancellationToken: cancel).Onnx;
            foreach (var (batch, encoding) in batches.SelectMany(
                b => encodings.Where(e => e != ValueEncoding.Top || classes > BenchLoad.Top), (b, e) => (b, e)))
            {
                await CompareAsync(new BenchLoad(classes, batch, encoding), monitor, duration, cap, output);
            }
        }

        return 0;
    }

    private static async Task CompareAsync(BenchLoad load, byte[] monitor, TimeSpan duration, int cap, TextWriter output)
    {
        var (graph, scorer) = Alone(load, monitor, duration);
        var (echo, _, _) = await WithServerAsync(
            socket => [.. BenchmarkProcess.Self(), EchoServer.Name, "--socket", socket],
            channel => load.RunAsync(channel.CreateCallInvoker().AsyncDuplexStreamingCall(EchoServer.Method, null, new CallOptions()), duration));
        var folder = Directory.CreateTempSubdirectory("am-bench-").FullName;
        var file = Path.Combine(folder, "monitor.onnx");
        await File.WriteAllBytesAsync(file, monitor);
        var (observe, sidecar, clock) = await WithServerAsync(
            socket =>
            [
                .. DemoServeCommand.Program(), "serve", $"--Listen:Socket={socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0",
                $"--Storage:Path={Path.Combine(folder, "am.db")}",
                $"--Monitor:Artifact={file}", "--Scoring:ExecutionProvider=Cpu", $"--Sampling:MaxRequestsPerHour={cap}", "--Training:Mode=Off",
                "--Logging:LogLevel:Default=Warning",
            ],
            channel => load.RunAsync(new PredictionService.PredictionServiceClient(channel).Observe(), duration));
        Directory.Delete(folder, recursive: true);
        await output.WriteLineAsync(Line(
            $"{load.Classes}", $"{load.Batch}", $"{load.Encoding}", Micros(graph), Micros(scorer), Micros(echo), Micros(observe), Micros(sidecar),
            $"{Math.Max(graph, echo) / observe:P0}", $"{(scorer + echo) / observe:P0}", $"{clock.ToString("N0", CultureInfo.InvariantCulture)}/s"));
    }

    private static string Micros(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Line(params string[] cells) => $"{cells[0],5} {cells[1],5} {cells[2],-8} " + string.Concat(cells[3..].Select(c => $"{c,13}"));

    /// <summary>Microseconds per prediction of the monitor's graph on ONNX Runtime (for top-k rows it reads the values sent), and of the
    /// scorer.</summary>
    private static (double Graph, double Scorer) Alone(BenchLoad load, byte[] monitor, TimeSpan duration)
    {
        var (metadata, weights) = MonitorFile.Read(monitor);
        var width = load.Encoding == ValueEncoding.Top ? BenchLoad.Top : load.Classes;
        var rows = Enumerable.Range(0, BenchLoad.DistinctBatches).Select(i => load.Rows(i, width)).ToArray();
        var onnx = width == load.Classes ? monitor : MonitorGraph.Build(metadata with { ClassCount = width }, weights).ToBytes();
        var runners = rows.Select(r => new GraphRunner(onnx, r, width)).ToArray();
        using var scorer = EnsembleScorer.Load(monitor, new ScorerOptions(ExecutionProvider.Cpu));
        var (logits, disagreements) = (new float[load.Batch], new float[load.Batch]);
        var graph = Cost(load.Batch, duration, i => runners[i % runners.Length].Run());
        var alone = Cost(load.Batch, duration, i =>
        {
            if (width == load.Classes)
            {
                scorer.Score(rows[i % rows.Length], load.Batch, width, logits, disagreements);
            }
            else
            {
                scorer.ScoreLargest(rows[i % rows.Length], load.Batch, width, logits, disagreements);
            }
        });
        Array.ForEach(runners, r => r.Dispose());
        return (graph, alone);
    }

    private static double Cost(int batch, TimeSpan duration, Action<int> run)
    {
        for (var i = 0; i < 20; i++)
        {
            run(i);
        }

        var (before, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var batches = 0;
        for (; watch.Elapsed < duration; batches++)
        {
            run(batches);
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / batches / batch;
    }

    /// <returns>CPU microseconds per prediction of both processes and of the server, and predictions per second of wall time.</returns>
    private static async Task<(double Both, double Server, double Clock)> WithServerAsync(Func<string, string[]> command, Func<GrpcChannel, Task<double>> run)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"am-bench-{Environment.ProcessId}-{Guid.NewGuid():N}.sock");
        using var server = Process.Start(BenchmarkProcess.Start(command(socket)))!;
        try
        {
            for (var i = 0; i < 300 && !File.Exists(socket); i++)
            {
                await Task.Delay(100);
            }

            // The file exists before the server listens.
            await Task.Delay(500);
            using var channel = MonitorChannel.Create($"unix://{socket}");
            await run(channel);
            var (client, before, watch) = (Environment.CpuUsage.TotalTime, OfProcess(server), Stopwatch.StartNew());
            var rate = await run(channel);
            var predictions = rate * watch.Elapsed.TotalSeconds;
            var own = (OfProcess(server) - before).TotalMicroseconds / predictions;
            return (own + ((Environment.CpuUsage.TotalTime - client).TotalMicroseconds / predictions), own, rate);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            File.Delete(socket);
        }
    }

    private static TimeSpan OfProcess(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static ReferenceSet Reference(int classes)
    {
        const int Rows = 2000;
        var values = BenchLoad.Softmax(classes, Rows, 1);
        var random = new Random(2);
        var labels = new int[Rows];
        for (var i = 0; i < Rows; i++)
        {
            var row = values.AsSpan(i * classes, classes);
            var top = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row);
            labels[i] = random.NextDouble() < row[top] ? top : (top + 1) % classes;
        }

        return new ReferenceSet(values, labels, classes);
    }
}
