using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Cli.Bench.Call;
using AccuracyMonitor.Cli.Bench.Harm;
using AccuracyMonitor.Client;
using AccuracyMonitor.Core;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using AccuracyMonitor.V1;
using Grpc.Core;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Bench;

/// <summary><c>accuracy-monitor bench</c>: throughput of Observe beside its two floors, on one core, in one run.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "Time for each measurement.", DefaultValueFactory = _ => 5 };
        var batch = new Option<int[]>("--batch") { Description = "Predictions in a message.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [256] };
        var encoding = new Option<ValueEncoding[]>("--encoding")
        {
            Description = "How the rows are written: Float32, Float16, Top (the ten largest; fewer classes are sent in full).",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [ValueEncoding.Float32],
        };
        var classes = new Option<int[]>("--classes") { Description = "Class counts K.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10, 1000] };
        var observe = new Command(
            "observe",
            """
            Predictions a second through Observe over a Unix socket, with an ensemble of 20 members, beside ONNX Runtime alone scoring the same
            batches and beside a gRPC echo of the same messages. Everything, the client's encoding included, runs on one core.

              accuracy-monitor bench observe --classes 10 1000 --batch 1 16 256 --encoding Float32 Float16 Top
            """) { seconds, batch, classes, encoding };
        observe.SetAction((parsed, cancel) => ObserveAsync(
            TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(batch)!, parsed.GetValue(classes)!, parsed.GetValue(encoding)!, cancel));

        var socket = new Option<string>("--socket") { Required = true };
        var echo = new Command("echo-server", "The other end of the echo.") { socket };
        echo.Hidden = true;
        echo.SetAction((parsed, cancel) => EchoServer.RunAsync(parsed.GetValue(socket)!, cancel));

        var count = BoundedOption.Create("--classes", "Class count K.", 10, 2, 10_000);
        var estimator = new Command("estimator", "Cost of the sampler, windows, alarms and estimates: time on one core and bytes held per key.") { count };
        estimator.SetAction(parsed => EstimatorBench.Run(parsed.GetValue(count), parsed.InvocationConfiguration.Output));
        return new Command("bench", "Measure this machine.")
        {
            observe, CallBench.Create(), HarmBench.Create(), FloodCommand.Create(), estimator, ScoringBench.Create(), EncodingBench.Create(), SoakBench.Create(), StartBench.Create(), echo,
        };
    }

    private static async Task<int> ObserveAsync(
        TimeSpan duration, int[] batches, int[] classCounts, ValueEncoding[] encodings, CancellationToken cancel)
    {
        // Children inherit it: client, server and scorer share the core.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 1;
        }

        var table = new Table().AddColumns("K", "batch", "encoding", "ONNX Runtime alone", "gRPC echo", "Observe", "of the slower", "µs a prediction");
        foreach (var classes in classCounts)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]K = {classes}: training a monitor, then {duration.TotalSeconds:0} s each[/]");
            var monitor = MonitorTrainer.Train(Reference(classes), new TrainingOptions { MaxEpochs = 1 }, cancellationToken: cancel).Onnx;
            foreach (var (batch, encoding) in batches.SelectMany(b => encodings.Where(e => e != ValueEncoding.Top || classes > BenchLoad.Top), (b, e) => (b, e)))
            {
                await CompareAsync(table, new BenchLoad(classes, batch, encoding), monitor, duration, cancel);
            }
        }

        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task CompareAsync(Table table, BenchLoad load, byte[] monitor, TimeSpan duration, CancellationToken cancel)
    {
        var alone = Alone(load, monitor, duration);
        var echo = await WithServerAsync(
            socket => ["bench", "echo-server", "--socket", socket],
            channel => load.RunAsync(channel.CreateCallInvoker().AsyncDuplexStreamingCall(EchoServer.Method, null, new CallOptions()), duration));
        var folder = Directory.CreateTempSubdirectory("am-bench-").FullName;
        var file = Path.Combine(folder, "monitor.onnx");
        await File.WriteAllBytesAsync(file, monitor, cancel);
        var observe = await WithServerAsync(
            socket =>
            [
                "serve", $"--Listen:Socket={socket}", "--Listen:GrpcPort=-1", "--Listen:HttpPort=0", $"--Storage:Path={Path.Combine(folder, "am.db")}",
                $"--Monitor:Artifact={file}", "--Scoring:ExecutionProvider=Cpu", "--Sampling:MaxRequestsPerHour=10000000", "--Training:Mode=Off", "--Logging:LogLevel:Default=Warning",
            ],
            channel => load.RunAsync(new PredictionService.PredictionServiceClient(channel).Observe(), duration));
        Directory.Delete(folder, recursive: true);
        table.AddRow(
            $"{load.Classes}", $"{load.Batch}", $"{load.Encoding}", $"{alone:N0}/s", $"{echo:N0}/s", $"{observe:N0}/s", $"{observe / Math.Min(alone, echo):P0}", $"{1e6 / alone:0.00} / {1e6 / echo:0.00} / {1e6 / observe:0.00}");
    }

    private static double Alone(BenchLoad load, byte[] monitor, TimeSpan duration)
    {
        using var scorer = EnsembleScorer.Load(monitor, new ScorerOptions(ExecutionProvider.Cpu));
        var logits = new float[load.Batch];
        var disagreements = new float[load.Batch];
        for (var i = 0; i < 20; i++)
        {
            scorer.Score(load.Floats(i), load.Batch, load.Classes, logits, disagreements);
        }

        var watch = Stopwatch.StartNew();
        var batches = 0L;
        for (; watch.Elapsed < duration; batches++)
        {
            scorer.Score(load.Floats((int)(batches % int.MaxValue)), load.Batch, load.Classes, logits, disagreements);
        }

        return batches * load.Batch / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> WithServerAsync(Func<string, string[]> arguments, Func<Grpc.Net.Client.GrpcChannel, Task<double>> run)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"am-bench-{Environment.ProcessId}-{Guid.NewGuid():N}.sock");
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments(socket)) { UseShellExecute = false })!;
        try
        {
            for (var i = 0; i < 300 && !File.Exists(socket); i++)
            {
                await Task.Delay(100);
            }

            using var channel = MonitorChannel.Create($"unix://{socket}");
            await run(channel);
            return await run(channel);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            File.Delete(socket);
        }
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
