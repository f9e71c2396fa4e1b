using System.CommandLine;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <param name="Phase">Duration of one application's turn.</param>
/// <param name="Pairs">Number of turns per application.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Nice">Nice value of the sidecar and of the load beside it.</param>
internal sealed record HarmOptions(TimeSpan Phase, int Pairs, int Rate, int Nice);

/// <summary><c>benchmarks harm</c>: whether faults of the monitor affect the latency of a serving application.</summary>
internal static class HarmBench
{
    public static Command Create()
    {
        var seconds = BoundedOption.Create("--seconds", "Of each phase.", 10.0, 1, 3600);
        var pairs = BoundedOption.Create("--pairs", "Phases without and with the monitor, in turns; the order changes from pair to pair.", 4, 1, 1000);
        var rate = BoundedOption.Create("--rate", "Requests a second, one image each.", 300, 1, 100_000);
        var nice = BoundedOption.Create("--nice",
            "How far the sidecar's priority is below the application's; 10 is about a tenth of the share, as requests of 1 and 0.1 CPU give.", 10, 0, 19);
        var only = new Option<string[]>("--only")
        {
            Description = "Scenarios to run. [default: all]",
            AllowMultipleArgumentsPerToken = true
        }.AcceptOnlyFromAmong([.. Scenario.All.Select(s => s.Name)]);
        var command = new Command(
            "harm",
            $"""
            Latency of a real serving application (the demo's, a process) under requests at a fixed rate, each timed from when it was due, without
            and with a monitor, in turns; and what became of the predictions, memory and recovery. Exit status 1 when a request fails, a prediction
            is not accounted for or the monitor does not recover.

            {string.Join(Environment.NewLine, Scenario.All.Select(s => $"  {s.Name,-12} {s.What}"))}

              benchmarks harm --only none healthy stopped --seconds 10
            """) { seconds, pairs, rate, nice, only };
        command.SetAction((parsed, cancel) => RunAsync(
            [.. Scenario.All.Where(s => parsed.GetValue(only) is not { Length: > 0 } chosen || chosen.Contains(s.Name, StringComparer.Ordinal))],
            new HarmOptions(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(pairs), parsed.GetValue(rate), parsed.GetValue(nice)), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<Scenario> scenarios, HarmOptions options, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("benchmarks harm stops, starves and starts processes by Linux's means; this is another system.");
            return 1;
        }

        List<HarmResult> results = [];
        try
        {
            foreach (var scenario in scenarios)
            {
                results.Add(await RunAsync(scenario, options, cancel));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted; what was measured until then:");
        }

        CommandConsole.Standard.Write(HarmTables.Latencies(results));
        CommandConsole.Standard.Write(HarmTables.Accounts(results, options.Pairs));
        return results.Count == scenarios.Count && results.TrueForAll(r => r.Failed == 0 && r.AllAccounted && r.AllRecovered(options.Pairs)) ? 0 : 1;
    }

    private static async Task<HarmResult> RunAsync(Scenario scenario, HarmOptions options, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("am-harm-");
        try
        {
            await using var run = new HarmRun(scenario, options, folder, Console.Error, cancel);
            return await run.RunAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
