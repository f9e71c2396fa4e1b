using System.CommandLine;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks.Attacks;

/// <summary><c>benchmarks attack</c>: does a sidecar in its default container survive hostile input?</summary>
internal static class AttackCommand
{
    private static readonly Attack[] All =
    [
        WideMonitors.Attack, HalfSentMessages.Attack, UnreadAnswers.Attack, ManyConnections.Attack, LongNames.LongIds, LongNames.ManyNames,
        FullState.Attack, OrdinaryDeployments.Attack, SlowEvents.Attack, LargeUnaryCalls.Attack,
    ];

    public static Command Create()
    {
        var names = new Argument<string[]>("attack")
        {
            Description = $"Which; none: all. {string.Join(", ", All.Select(a => a.Name))}.",
            Arity = ArgumentArity.ZeroOrMore,
        }.AcceptOnlyFromAmong([.. All.Select(a => a.Name)]);
        var memory = BoundedOption.Create("--memory", "Memory limit of the sidecar's cgroup in MiB.", 512, 64, 65_536);
        var program = new Option<FileInfo>("--program")
        {
            Description = "The sidecar's executable. [default: that beside this build]",
        }.AcceptExistingOnly();
        var command = new Command(
            "attack",
            """
            Starts a sidecar for each attack in a memory cgroup of its own, with the settings of the image, and prints a row of a table: what was
            sent, how the sidecar ended, its peak memory and CPU time, and whether it still scores a good prediction. Needs a writable memory
            cgroup (root). The exit status is 1 if a sidecar ended, lost the good prediction or is not healthy. The sidecar's log is
            accuracy-monitor-attack.log in the temporary folder.

              benchmarks attack half-sent
            """) { names, memory, program };
        command.SetAction(async (parsed, cancel) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var chosen = parsed.GetValue(names) is { Length: > 0 } some ? All.Where(a => some.Contains(a.Name)) : All;
            await output.WriteLineAsync(
                "| attack | sent | outcome | process | good prediction scored | /healthz | peak resident MiB | group peak MiB | CPU s |");
            await output.WriteLineAsync("|---|---|---|---|---|---|---|---|---|");
            var held = true;
            foreach (var attack in chosen)
            {
                var (row, holds) = await RunAsync(attack, parsed.GetValue(program) ?? DefaultProgram(), parsed.GetValue(memory) * 1L << 20, cancel);
                await output.WriteLineAsync(row);
                held &= holds;
            }

            return held ? 0 : 1;
        });
        return command;
    }

    private static async Task<(string Row, bool Holds)> RunAsync(Attack attack, FileInfo program, long memory, CancellationToken cancel)
    {
        await using var sidecar = await AttackedSidecar.StartAsync(program, memory, attack.Descriptors, attack.Settings, cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var measuring = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    sidecar.Measure();
                    await Task.Delay(50, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            },
            cancel);
        string outcome;

        // The model that is watched, whose next prediction must be scored after the attack. A further model may find every place taken.
        var watched = await sidecar.ScoresAsync("before", cancel);
        try
        {
            outcome = await attack.RunAsync(sidecar, cancel);
        }
        catch (Exception e) when (e is RpcException or IOException or HttpRequestException)
        {
            outcome = e is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : e.Message;
        }

        var scores = watched && await sidecar.ScoresAsync("after", cancel);
        var health = await sidecar.HealthAsync(cancel);
        await stop.CancelAsync();
        await measuring;
        var row = $"| {attack.Name} | {attack.What} | {outcome.ReplaceLineEndings(" ")} | {sidecar.State} | {(scores ? "yes" : "no")} | {health} "
            + $"| {sidecar.Peak >> 20} | {sidecar.GroupPeak >> 20} | {sidecar.ProcessorTime.TotalSeconds:0.0} |";
        return (row, sidecar.IsAlive && scores && health == 200);
    }

    private static FileInfo DefaultProgram() => new(Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "AccuracyMonitor.Sidecar", "release", "AccuracyMonitor.Sidecar")));
}
