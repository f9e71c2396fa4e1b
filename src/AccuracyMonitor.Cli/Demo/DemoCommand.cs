using System.CommandLine;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs;
using AccuracyMonitor.Runs.Demo;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Demo;

/// <summary><c>demo</c>: the whole story, live.</summary>
internal static class DemoCommand
{
    private static readonly DemoOptions Defaults = new();

    public static Command Create()
    {
        var seconds = BoundedOption.Create("--seconds", "Seconds of each of the five conditions.", Defaults.SecondsPerCondition, 5, 3600);
        var rate = BoundedOption.Create("--rate", "Images a second.", Defaults.Rate, 10, 20_000);
        var budget = BoundedOption.Create("--budget", "Share of the predictions to label.", Defaults.Budget, 0.0001, 1);
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed for the images' order, the noise, the choice of labels and the annotator.",
            DefaultValueFactory = _ => Defaults.Seed,
        };
        var output = new Option<DirectoryInfo>("--output", "-o")
        {
            Description = "Folder for run.png, run.json, the monitor and the logs.",
            DefaultValueFactory = _ => new DirectoryInfo(Defaults.OutputFolder),
        };
        var serve = new Option<bool>("--serve") { Description = "Keep everything running at the end, and print the addresses." };
        var plain = new Option<bool>("--plain")
        {
            Description = "Print lines of text instead of the live display. This is the default when the output is redirected.",
        };
        var command = new Command(
            "demo",
            """
            Show what Accuracy Monitor does on a real model, in about three minutes.

            A clothing classifier answers requests in one process, and the sidecar watches it from another. The images change from clean to noisy,
            rotated, dark and attacked. The display compares the true accuracy with the model's own confidence, the label-free estimate, and the audited
            estimate with its interval. It also shows the alarms, and how labels improve the monitor. Everything that the demo needs ships with it.

            Examples:
              accuracy-monitor demo
              accuracy-monitor demo --serve
              accuracy-monitor demo --seconds 15 --rate 3000 --budget 0.02 --output my-run
            """)
        {
            seconds, rate, budget, seed, output, serve, plain, DemoModelCommand.Create(),
        };
        command.SetAction((parsed, cancel) => RunAsync(
            new DemoOptions
            {
                SecondsPerCondition = parsed.GetValue(seconds),
                Rate = parsed.GetValue(rate),
                Budget = parsed.GetValue(budget),
                Seed = parsed.GetValue(seed),
                OutputFolder = parsed.GetRequiredValue(output).FullName,
                Serve = parsed.GetValue(serve),
                Plain = parsed.GetValue(plain) || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi,
            },
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, CancellationToken cancel)
    {
        IRunDisplay display = options.Plain ? new PlainDisplay(Console.Out, DemoLine.Of, TimeProvider.System)
            : new TerminalDisplay(AnsiConsole.Console, TimeProvider.System);
        await new DemoRun(options, [.. DemoServeCommand.Program(), DemoServeCommand.Name], display, TimeProvider.System).RunAsync(cancel);
        return ExitCodes.Success;
    }
}
