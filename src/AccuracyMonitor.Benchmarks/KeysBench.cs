using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.V1;
using Google.Protobuf.Collections;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks;

/// <summary><c>benchmarks keys</c>: whether the cost of a prediction depends on the number of keys and the length of the windows.</summary>
internal static class KeysBench
{
    private const int SegmentsOfVersion = 25;
    private const int Batch = 256;
    private const int Classes = 10;
    private const int InFlight = 8;
    private const int RequestsPerHour = 3600;
    private static readonly TimeSpan[][] Windows = [[TimeSpan.FromMinutes(5)], [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)]];

    public static Command Create()
    {
        var seconds = BoundedOption.Create("--seconds", "Time for each measurement.", 3.0, 0.1, 600);
        var keys = new Option<int[]>("--keys")
        {
            Description = "Numbers of (model, version, segment), each at most 1,600.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 10, 100, 1000]
        };
        var program = BenchSidecar.ProgramOption();
        var command = new Command(
            "keys",
            """
            What a prediction costs through Observe (batches of 256, each of another key, K = 10; client and sidecar on one core) as the number of
            keys grows, with one window of five minutes and with three up to a day, its time being now or anywhere in the longest window. After it
            the processor time of the sidecar alone, its resident memory, and what each further key added to that.

              benchmarks keys
            """) { seconds, keys, program };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(program), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(keys)!, parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task RunAsync(FileInfo? program, TimeSpan duration, int[] keys, TextWriter output, CancellationToken cancel)
    {
        OneCore.Pin();
        foreach (var windows in Windows)
        {
            await output.WriteLineAsync($"windows {string.Join(", ", windows)}: {new WindowSeries(windows).StateBytes:N0} bytes of sums a key");
            foreach (var spread in (bool[])[false, true])
            {
                (int Keys, long Resident)? first = null;
                foreach (var count in keys)
                {
                    // Each version is a model with its own durable label requests. The rates are divided so that all versions together
                    // write as many as one.
                    var versions = Load.VersionsOf(count);
                    string[] settings =
                        [.. windows.Select((w, i) => $"--Estimation:Windows:{i}={w}"), "--Intake:MaxModels=64",
                            $"--Sampling:MaxRequestsPerHour={RequestsPerHour / versions}"];
                    await using var sidecar = BenchSidecar.Start(program, Classes, settings);
                    await sidecar.ServingAsync(cancel);
                    var load = new Load(sidecar, count, spread ? windows[^1] : TimeSpan.Zero);
                    await load.RunAsync(TimeSpan.Zero, atLeast: 2 * count, cancel);
                    await load.RunAsync(duration / 2, atLeast: 0, cancel);
                    var cpu = sidecar.ProcessorTime;
                    var watch = Stopwatch.StartNew();
                    var predictions = await load.RunAsync(duration, atLeast: 0, cancel);
                    var (all, own) = (watch.Elapsed.TotalMicroseconds / predictions, (sidecar.ProcessorTime - cpu).TotalMicroseconds / predictions);
                    var resident = sidecar.Resident.Now;
                    first ??= (count, resident);
                    var perKey = count > first.Value.Keys
                        ? $", {(resident - first.Value.Resident) / 1024.0 / (count - first.Value.Keys):0} KiB a further key" : "";
                    await output.WriteLineAsync(
                        $"  {(spread ? "anywhere" : "now"),-8} {count,5} keys of {versions,2} versions: {all,6:0.00} µs a prediction, {own,6:0.00} of the "
                            + $"sidecar; resident {resident / 1e6:0} MB{perKey}");
                }
            }
        }
    }

    /// <summary>Sends batches to one key after another.</summary>
    private sealed class Load(BenchSidecar sidecar, int keys, TimeSpan past)
    {
        private readonly float[][] _values = [.. Enumerable.Range(0, BenchLoad.DistinctBatches).Select(i => BenchLoad.Softmax(Classes, Batch, i))];
        private readonly Random _random = new(1);
        private ulong _sequence;

        public static int VersionsOf(int keys) => (keys + SegmentsOfVersion - 1) / SegmentsOfVersion;

        /// <returns>Predictions answered.</returns>
        public async Task<long> RunAsync(TimeSpan duration, int atLeast, CancellationToken cancel)
        {
            using var call = new PredictionService.PredictionServiceClient(sidecar.Channel).Observe(cancellationToken: cancel);
            using var free = new SemaphoreSlim(InFlight, InFlight);
            var answered = 0L;
            var reading = Task.Run(
                async () =>
                {
                    await foreach (var response in call.ResponseStream.ReadAllAsync(cancel))
                    {
                        if (response.Error is { } error || response.Rejected > 0)
                        {
                            throw new InvalidOperationException($"The sidecar refused: {response.Error?.Message ?? response.Items[0].Reason}");
                        }

                        answered += Batch;
                        free.Release();
                    }
                },
                cancel);
            var watch = Stopwatch.StartNew();
            for (var sent = 0; (watch.Elapsed < duration || sent < atLeast) && !reading.IsFaulted; sent++)
            {
                if (await free.WaitAsync(TimeSpan.FromSeconds(1), cancel))
                {
                    await call.RequestStream.WriteAsync(Next(), cancel);
                }
            }

            await call.RequestStream.CompleteAsync();
            await reading;
            return answered;
        }

        private ObserveRequest Next()
        {
            var sequence = _sequence++;
            var key = (int)(sequence % (ulong)keys);
            var request = BenchSidecar.Message(sequence, _values[sequence % BenchLoad.DistinctBatches], Classes);
            request.Batch.Version = $"{key / SegmentsOfVersion}";
            request.Batch.Segment = $"s{key % SegmentsOfVersion}";
            if (past > TimeSpan.Zero)
            {
                Times(request.Batch.TimesUnixUs);
            }

            return request;
        }

        private void Times(RepeatedField<long> times)
        {
            // Slightly shorter than the window, so that no prediction leaves the window meanwhile.
            var (now, reach) = (TimeProvider.System.GetUtcNow(), 0.99 * past);
            for (var i = 0; i < Batch; i++)
            {
                times.Add((now - (_random.NextDouble() * reach) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            }
        }
    }
}
