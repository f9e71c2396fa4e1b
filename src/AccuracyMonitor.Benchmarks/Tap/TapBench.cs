using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks.Tap;

/// <summary><c>benchmarks tap</c>: latency that the tap adds to a call, compared with YARP alone and nginx.</summary>
internal static class TapBench
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var seconds = BoundedOption.Create("--seconds", "Of each measurement in a round.", 3.0, 0.1, 600);
        var rounds = BoundedOption.Create("--rounds", "In each of which every way takes its turn.", 4, 1, 1000);
        var rows = BoundedOption.Create("--rows", "Images in a call.", 1, 1, 512);
        var callers = BoundedOption.Create("--callers", "At a time, for calls a second.", 32, 1, 1000);
        var command = new Command(
            "tap",
            """
            Latency and calls a second of a model server (ONNX Runtime behind the Open Inference Protocol), called directly, through YARP alone,
            through the tap, and through nginx where it is installed (Debian: nginx-light); gRPC and REST. Ways take turns, round by round.

              benchmarks tap --rounds 5
            """) { seconds, rounds, rows, callers };
        command.SetAction((parsed, cancel) => RunAsync(
            TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rounds), parsed.GetValue(rows), parsed.GetValue(callers),
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task RunAsync(TimeSpan duration, int rounds, int rows, int callers, TextWriter output, CancellationToken cancel)
    {
        await using var contestants = await TapContestants.StartAsync(cancel);
        if (contestants.Ways.All(w => w.Name != "nginx"))
        {
            await output.WriteLineAsync("nginx is not installed, and left out.");
        }

        var table = new Table().AddColumns("protocol", "way", "median", "p99", "added, median", "added, p99", "calls/s");
        var through = 0L;
        foreach (var grpc in (bool[])[true, false])
        {
            List<TapLoad> loads = [.. contestants.Ways.Select(w => new TapLoad(w, grpc, rows))];
            foreach (var load in loads)
            {
                await load.OneAtATimeAsync(WarmUp < duration ? WarmUp : duration, counts: false, cancel);
            }

            for (var round = 0; round < rounds; round++)
            {
                await Console.Error.WriteLineAsync($"{(grpc ? "gRPC" : "REST")}: round {round + 1} of {rounds}");

                // The order rotates, so that no contestant always follows the same one.
                foreach (var load in loads.Skip(round % loads.Count).Concat(loads.Take(round % loads.Count)))
                {
                    await load.OneAtATimeAsync(duration, counts: true, cancel);
                    await load.ManyAtATimeAsync(callers, duration, cancel);
                }
            }

            Add(table, grpc ? "gRPC" : "REST", loads);
            through += loads.Single(l => l.Way.Name == "tap").Calls;
            loads.ForEach(l => l.Dispose());
        }

        CommandConsole.Standard.Write(table);
        await output.WriteLineAsync(await ReadAsync(contestants.Metrics, through, rows, cancel));
    }

    private static void Add(Table table, string protocol, List<TapLoad> loads)
    {
        var direct = loads.Single(l => l.Way.Name == "direct");
        foreach (var load in loads)
        {
            var (median, p99) = (load.Percentile(0.5), load.Percentile(0.99));
            table.AddRow(
                protocol, load.Way.Name, Microseconds(median), Microseconds(p99),
                load == direct ? "" : Microseconds(median - direct.Percentile(0.5)),
                load == direct ? "" : Microseconds(p99 - direct.Percentile(0.99)),
                $"{load.PerSecond:N0}");
        }
    }

    /// <summary>Waits until the tap has processed all calls that passed through it.</summary>
    private static async Task<string> ReadAsync(Uri metrics, long calls, int rows, CancellationToken cancel)
    {
        using var http = new HttpClient();
        var (captured, failed) = (0.0, 0.0);
        for (var i = 0; i < 100 && captured + (failed * rows) < calls * rows; i++)
        {
            await Task.Delay(100, cancel);
            var lines = (await http.GetStringAsync(metrics, cancel)).Split('\n');
            (captured, failed) =
                (Sum(lines, "accuracy_monitor_captured_total{source=\"tap\"}"), Sum(lines, "accuracy_monitor_capture_failures_total{source=\"tap\""));
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"Through the tap: {calls:N0} calls of {rows}; read {captured:N0} predictions, {failed:N0} answers not read.");
    }

    private static double Sum(string[] lines, string start) => lines
        .Where(l => l.StartsWith(start, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static string Microseconds(double seconds) => $"{seconds * 1e6:N0} µs";
}
