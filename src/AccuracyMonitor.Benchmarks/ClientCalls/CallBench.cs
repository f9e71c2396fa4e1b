using System.CommandLine;
using AccuracyMonitor.Client;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.ClientCalls;

/// <summary><c>benchmarks call</c>: what a call of <see cref="MonitorClient.Observe"/> costs the serving thread.</summary>
internal static class CallBench
{
    private const int Rounds = 5;
    private const int DistinctRows = 64;
    private const int DistinctIds = 1 << 17;
    private const int SparseShare = 100;

    public static Command Create()
    {
        var classes =
            new Option<int[]>("--classes") { Description = "Class counts K.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10, 1000] };
        var calls = BoundedOption.Create("--calls", "Calls of each contestant; a hundredth of them of the sparse ones.", 1_000_000, 10_000, 100_000_000);
        var threads = BoundedOption.Create("--threads", "Threads of the contestants with several.", 4, 2, 256);
        var command = new Command(
            "call",
            """
            Nanoseconds that the client's Observe takes on the calling thread, each call timed by itself, and bytes it allocates there, beside a
            bare copy of the vector. Contestants take turns: idle client, connected client with room in its queue, full queue, no sidecar, and
            several threads at once, beside a copy under a lock.

              benchmarks call --calls 1000000
            """) { classes, calls, threads };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(classes)!, parsed.GetValue(calls), parsed.GetValue(threads), cancel));
        return command;
    }

    private static async Task RunAsync(int[] classCounts, int calls, int threads, CancellationToken cancel)
    {
        var table = new Table().AddColumns("K", "contestant", "threads", "calls", "median ns", "99.9 % ns", "worst µs", "bytes a call", "dropped");
        foreach (var column in table.Columns.Skip(2))
        {
            column.RightAligned();
        }

        foreach (var classes in classCounts)
        {
            await MeasureAsync(table, classes, calls, threads, cancel);
        }

        CommandConsole.Standard.Write(table);
    }

    private static async Task MeasureAsync(Table table, int classes, int calls, int threads, CancellationToken cancel)
    {
        await using var sidecar = BenchSidecar.Start(null, classes);
        await sidecar.ServingAsync(cancel);
        var (rows, ids) = (BenchLoad.Softmax(classes, DistinctRows, seed: 1), Enumerable.Range(0, DistinctIds).Select(i => $"call-{i}").ToArray());
        var contestants = Contestants(classes, calls / Rounds, threads, $"unix://{sidecar.Socket}");
        var times = contestants.ConvertAll(_ => new CallTimes());
        foreach (var contestant in contestants)
        {
            new CallTimes().Measure(contestant, rows, classes, ids);
        }

        for (var round = 0; round < Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"K = {classes}: round {round + 1} of {Rounds}");
            for (var c = 0; c < contestants.Count; c++)
            {
                cancel.ThrowIfCancellationRequested();
                times[c].Measure(contestants[c], rows, classes, ids);
                await contestants[c].SettleAsync();
            }
        }

        foreach (var (contestant, time) in contestants.Zip(times))
        {
            var at = time.Percentiles(0.5, 0.999, 1);
            table.AddRow(
                $"{classes}", contestant.Name, $"{contestant.Threads}", $"{time.Calls:N0}", $"{at[0]:N0}", $"{at[1]:N0}", $"{at[2] / 1e3:N0}",
                $"{(double)time.Allocated / time.Calls:0.###}", contestant.Dropped is { } dropped ? $"{dropped:P0}" : "");
            await contestant.CloseAsync();
        }
    }

    private static List<Contestant> Contestants(int classes, int calls, int threads, string sidecar)
    {
        var options = new MonitorClientOptions { Address = sidecar, Model = "bench", Version = "1", ClassCount = classes };
        var nobody = options with { Address = "unix:///nowhere/at/all.sock", ResponseTimeout = TimeSpan.FromMilliseconds(100) };
        var places = options.QueueCapacity;
        return
        [
            new ClockAlone(calls),
            new ArrayCopy("array copy, one place", 1, calls, classes, 1),
            new ArrayCopy($"array copy, {places:N0} places", 1, calls, classes, places),
            new ArrayCopy($"array copy, {places:N0} places, sparse", 1, calls / SparseShare, classes, places, Pacing.Sparse),
            new ObserveCall("Observe, idle client, sparse", 1, calls / SparseShare, MonitorClient.Connect(options), Pacing.Sparse),
            new ObserveCall("Observe, connected", 1, calls, MonitorClient.Connect(options), Pacing.WithRoom),
            new ObserveCall("Observe, queue full", 1, calls, MonitorClient.Connect(options), Pacing.None),
            new ObserveCall("Observe, no sidecar", 1, calls, MonitorClient.Connect(nobody), Pacing.None),
            new ArrayCopy($"array copy, {places:N0} places", threads, calls / threads, classes, places),
            new LockedCopy(threads, calls / threads, classes, places),
            new ObserveCall("Observe, connected", threads, calls / threads, MonitorClient.Connect(options), Pacing.WithRoom),
            new ObserveCall("Observe, queue full", threads, calls / threads, MonitorClient.Connect(options), Pacing.None),
            new ObserveCall("Observe, no sidecar", threads, calls / threads, MonitorClient.Connect(nobody), Pacing.None),
        ];
    }
}
