using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Client;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>Simulates other applications that report to the same sidecar at a fixed rate, until standard input closes. Hidden command; the
/// harm bench starts it.</summary>
internal static class FloodCommand
{
    public const string Name = "flood";

    private const int Room = 4096;

    public static Command Create()
    {
        var address = new Option<string>("--address") { Required = true };
        var rate = new Option<double>("--rate") { Description = "Predictions a second; 0: as many as the sidecar accepts.", Required = true };
        var clients = new Option<int>("--clients") { DefaultValueFactory = _ => 4 };
        var command = new Command(Name, "Predictions at a fixed rate.") { address, rate, clients };
        command.Hidden = true;
        command.SetAction(
            parsed => RunAsync(parsed.GetValue(address)!, parsed.GetValue(rate), parsed.GetValue(clients), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static async Task RunAsync(string address, double rate, int count, TextWriter output)
    {
        var closed = Task.Run(() =>
        {
            while (Console.In.Read() >= 0)
            {
            }
        });
        var clients = Enumerable.Range(0, count).Select(_ => MonitorClient.Connect(
            new MonitorClientOptions { Address = address, Model = "flood", Version = "1", ClassCount = 10, ResponseTimeout = TimeSpan.FromSeconds(1) }))
                .ToArray();
        var rows = BenchLoad.Softmax(10, 64, seed: 1);
        var ids = Enumerable.Range(0, 1 << 20).Select(i => $"flood-{i}").ToArray();
        var watch = Stopwatch.StartNew();
        var nextLine = TimeSpan.FromSeconds(1);
        var (sent, acceptedBefore) = (0L, 0L);
        while (!closed.IsCompleted)
        {
            var due = rate > 0 ? (long)(watch.Elapsed.TotalSeconds * rate) : sent + Math.Max(0, (Room * count) - clients.Sum(Waiting));
            for (; sent < due; sent++)
            {
                clients[sent % count].Observe(rows.AsSpan((int)(sent % 64) * 10, 10), ids[sent % ids.Length]);
            }

            if (watch.Elapsed > nextLine)
            {
                var accepted = clients.Sum(c => c.Counters.Accepted);
                await output.WriteLineAsync(
                    $"{accepted - acceptedBefore} accepted of {clients.Sum(c => c.Counters.Observed)}, {clients.Sum(c => c.Counters.Dropped)} dropped");
                (acceptedBefore, nextLine) = (accepted, nextLine + TimeSpan.FromSeconds(1));
            }

            await Task.Delay(1);
        }

        await Task.WhenAll(clients.Select(c => c.DisposeAsync().AsTask()));
    }

    private static long Waiting(MonitorClient client) =>
        client.Counters.Observed - client.Counters.Accepted - client.Counters.Rejected - client.Counters.Dropped;
}
