using System.CommandLine;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs;
using AccuracyMonitor.Runs.Replay;
using AccuracyMonitor.Sidecar.Composition;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Replay;

/// <summary><c>replay</c>: a recorded stream through the real sidecar, the truth beside every number that it publishes.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var defaults = new ReplayOptions();
        var traces = new Option<string?>("--traces")
        {
            Description = "Labelled softmax outputs: .npz, .parquet, .csv, .tsv, .jsonl, .json, also with .gz or "
            + ".zst, or a partitioned folder."
        };
        var log = new Option<string?>("--log")
        {
            Description = "A production log, in the same formats but .npz; in JSON Lines labels may come on later "
            + "lines."
        };
        var conditions = new Option<string?>("--conditions")
        {
            Description =
                "Conditions of the trace in the order to stream them, separated by commas; one may come again. [default: all but reference, in file order]",
        };
        var perCondition = new Option<int?>(
            "--per-condition")
        { Description = "Predictions of each condition, drawn without replacement as far as the rows go. [default: every row once]" };
        var target = new Option<string?>(
            "--target")
        { Description = "gRPC address of a running sidecar, http://host:port or unix:///path. [default: a sidecar in this process]" };
        var monitor = new Option<string?>(
            "--monitor")
        { Description = "A trained monitor (ONNX). [default: trained on the trace's condition reference, where there is one]" };
        var model = new Option<string>("--model")
        {
            Description = "Model name to report as. At a sidecar in production, do not use the name of a production model.",
            DefaultValueFactory = _ => defaults.Model
        };
        var version = new Option<string?>("--model-version") { Description = "Model version to report as. [default: 1; with --target the time of the start]" };
        var rate = new Option<double>(
            "--rate")
        { Description = "Predictions a second; 0: as fast as the sidecar takes them without drops.", DefaultValueFactory = _ => defaults.Rate };
        var speed = new Option<double?>(
            "--speed")
        { Description = "With --log: seconds of the log that pass in one second. [default: by --rate, whatever the times]" };
        var budget = new Option<double?>("--budget") { Description = $"Share of the predictions to label. [default: {ReplayOptions.DefaultBudget}]" };
        var delay = new Option<TimeSpan?>("--label-delay")
        {
            Description = "Time from a label request to its label, such as 500ms, 5s or 1m.",
            CustomParser = Duration.Parse,
            DefaultValueFactory = _ => defaults.LabelDelay
        };
        var answers = new Option<double>(
            "--answer-rate")
        { Description = "Share of the label requests that are ever answered.", DefaultValueFactory = _ => defaults.AnswerRate };
        var window = new Option<TimeSpan?>("--window")
        {
            Description =
            "Window of the estimates, in the replay's time. [default: 30s; with --target its shortest]",
            CustomParser = Duration.Parse
        };
        var objective = new Option<double?>("--objective") { Description = "Accuracy that was promised. The accuracy alarm watches it. [default: none]" };
        var seed = new Option<ulong>(
            "--seed")
        { Description = "Seed of the order of the rows, the choice of labels, and which of them are answered.", DefaultValueFactory = _ => defaults.Seed };
        var json = new Option<string?>("--json") { Description = "Write every window and the summary to this file." };
        var plot = new Option<string?>("--plot") { Description = "Draw the run to this .png or .svg." };
        var plain = new Option<bool>("--plain")
        {
            Description = "Print lines of text instead of the live display. This is the default when the output is redirected.",
        };
        var command = new Command(
            "replay",
            """
            Test the sidecar on recorded predictions, with the truth beside every number that it publishes.

            The predictions are streamed through a real sidecar, and its label requests are answered from the record. So a team sees how well the
            estimates do on its own data before it relies on them.

            Examples:
              accuracy-monitor replay --traces traces.npz --conditions clean,fgsm_2,clean --per-condition 60000 --objective 0.85 --plot run.png
              accuracy-monitor replay --log production.jsonl --speed 60 --json run.json
              accuracy-monitor replay --traces traces.parquet --target http://127.0.0.1:7700
            """)
        {
            traces, log, conditions, perCondition, target, monitor, model, version, rate, speed, budget, delay, answers, window, objective, seed, json, plot,
            plain,
        };
        var flags = new TraceFlags(withLabels: true);
        flags.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            new ReplayOptions
            {
                Reading = flags.Of(parsed),
                Traces = parsed.GetValue(traces),
                Log = parsed.GetValue(log),
                Conditions = parsed.GetValue(conditions)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
                PerCondition = parsed.GetValue(perCondition),
                Target = parsed.GetValue(target),
                Monitor = parsed.GetValue(monitor),
                Model = parsed.GetRequiredValue(model),
                ModelVersion = parsed.GetValue(version),
                Rate = parsed.GetValue(rate),
                Speed = parsed.GetValue(speed),
                Budget = parsed.GetValue(budget),
                LabelDelay = parsed.GetValue(delay) ?? defaults.LabelDelay,
                AnswerRate = parsed.GetValue(answers),
                Window = parsed.GetValue(window),
                Objective = parsed.GetValue(objective),
                Seed = parsed.GetValue(seed),
                Json = parsed.GetValue(json),
                Plot = parsed.GetValue(plot),
                Plain = parsed.GetValue(plain),
            },
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, TextWriter output, CancellationToken cancel)
    {
        if (options.Defects().ToArray() is { Length: > 0 } defects)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, defects));
        }

        IRunDisplay display = options.Plain || Console.IsOutputRedirected || output != Console.Out || !AnsiConsole.Profile.Capabilities.Ansi
            ? new PlainDisplay(output, ReplayTables.Line, TimeProvider.System)
            : new TerminalDisplay(AnsiConsole.Console, TimeProvider.System);
        var complete = await new ReplaySession(options, display, SidecarHost.RunAsync, TimeProvider.System).RunAsync(cancel);
        return complete ? ExitCodes.Success : ExitCodes.Cancelled;
    }
}
