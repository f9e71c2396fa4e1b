using AccuracyMonitor.Runs.Demo;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>A fault of the sidecar while the application serves: in the middle third of a phase, or throughout.</summary>
internal sealed record Scenario(string Name, string What)
{
    private const int OverloadFactor = 10;

    private static readonly string[] LabelEverything = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=10000000"];

    /// <summary>Of the sidecar.</summary>
    public string[] Settings { get; init; } = [];

    /// <summary>True if the second application is monitored too. False: both run without a monitor.</summary>
    public bool Monitored { get; init; } = true;

    public bool WholePhase { get; init; }

    /// <summary>True if recovery time is measured.</summary>
    public bool Recovers { get; init; }

    /// <summary>Size of a separate disk for the database; 0: the usual disk.</summary>
    public int DiskMegabytes { get; init; }

    public Func<HarmRun, Task> Break { get; init; } = _ => Task.CompletedTask;

    public Func<HarmRun, Task> Mend { get; init; } = run => run.EndOthersAsync();

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("none", "two applications without a monitor: how far the same differs from the same here") { Monitored = false },
        new("healthy", "a sidecar that is well"),
        new("absent", "no sidecar at all; started after each phase")
        {
            WholePhase = true, Recovers = true, Break = run => run.Sidecar.KillAsync(run.Cancel), Mend = run => run.Sidecar.StartAsync(run.Cancel),
        },
        new("killed", "kill -9, and started again")
        {
            Recovers = true, Break = run => run.Sidecar.KillAsync(run.Cancel), Mend = run => run.Sidecar.StartAsync(run.Cancel),
        },
        new("stopped", "SIGSTOP, then SIGCONT")
        {
            Recovers = true, Break = Now(run => run.Sidecar.Freeze()), Mend = Now(run => run.Sidecar.Thaw()),
        },
        new("slow", "a twentieth of its time: 20 ms of every 400, stopped in between")
        {
            WholePhase = true, Recovers = true, Break = Now(run => run.Beside(new SlowMotion(run.Sidecar))),
        },
        new("disk-full", "every prediction wants a label request stored, and the disk has not a byte left")
        {
            Settings = LabelEverything, Recovers = true, DiskMegabytes = 32, Break = run => run.Disk!.FillAsync(), Mend = Now(run => run.Disk!.Free()),
        },
        new("labels-dead", "every prediction's label is asked for until the hour's bound of 200 is reached, and nobody answers")
        {
            Settings = [.. LabelEverything[..^1], "--Sampling:MaxRequestsPerHour=200"],
        },
        new("vanishing", "20 clients a second end in the middle of their stream")
        {
            WholePhase = true, Recovers = true, Break = Now(run => run.Beside(new VanishingClients(run.Sidecar.Socket))),
        },
        new("overload", $"others send {OverloadFactor} times what the sidecar can do; 20,000 values may wait")
        {
            Settings = ["--Intake:MaxQueuedValues=20000"], WholePhase = true, Recovers = true, Break = OverloadAsync,
        },
        new("neighbour", "no monitor; two programs that only burn time, at the priority that the sidecar has: what 'overload' compares with")
        {
            Monitored = false, WholePhase = true, Break = Now(Burn),
        },
    ];

    private static Func<HarmRun, Task> Now(Action<HarmRun> action) => run =>
    {
        action(run);
        return Task.CompletedTask;
    };

    private static async Task OverloadAsync(HarmRun run)
    {
        string[] command = [.. BenchmarkProcess.Self(), FloodCommand.Name, "--address", run.Sidecar.Address, "--rate"];
        var measure = run.StartBeside("flood", [.. command, "0"]);

        // Uses the second line: the first second includes the start.
        var lines = 0;
        var line = await measure.WaitForLineAsync(
            l => l.Contains("accepted of", StringComparison.Ordinal) && ++lines == 2 ? l : null, TimeSpan.FromSeconds(30), run.Cancel);
        await run.EndOthersAsync();
        run.StartBeside(
            "flood", [.. command, $"{OverloadFactor * Math.Max(1000, int.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))}"]);
    }

    private static void Burn(HarmRun run)
    {
        for (var i = 0; i < 2; i++)
        {
            // Ends by itself if the bench is killed.
            run.StartBeside("neighbour", "timeout", "600", "sh", "-c", "while :; do :; done");
        }
    }
}
