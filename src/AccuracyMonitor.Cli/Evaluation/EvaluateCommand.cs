using System.CommandLine;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Report;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary><c>accuracy-monitor evaluate</c>: bias, error, coverage and width of every estimate on recorded softmax outputs.</summary>
internal static class EvaluateCommand
{

    public static Command Create()
    {
        var flags = new TraceFlags(withLabels: true);
        var traces = new Option<string>("--traces")
        {
            Description = "A trace (.npz, .parquet, .csv, .tsv, .jsonl, .json, also with .gz or .zst), a folder "
            + "of them, or a partitioned folder.",
            Required = true
        };
        var budget = new Option<string>("--budget") { Description = "Labels per window: a number, or a share such as 1%.", DefaultValueFactory = _ => "100" };
        var window = BoundedOption.Optional(
            "--window", "Predictions per window, drawn from the condition by chance. Default: all of its rows, once each.", 2, 10_000_000);
        var repeats = BoundedOption.Create("--repeats", "Windows per condition.", 50, 1, 1_000_000);
        var methods = new Option<string[]>("--methods")
        {
            Description = "Comma-separated, out of those below. Default: all that apply, without bounds.",
            AllowMultipleArgumentsPerToken = true,
        };
        var earlier =
            BoundedOption.Create("--earlier-labels", "Labels that earlier windows of the same condition gave; their rows are not judged.", 0, 0, 100_000);
        var confidence = BoundedOption.Create("--confidence", "Level of the intervals.", 0.95, 0.5, 0.999);
        var seed = new Option<int>("--seed") { Description = "Seed of all draws. The same seed gives the same output.", DefaultValueFactory = _ => 1 };
        var monitor = new Option<string>("--monitor")
        {
            Description =
                $"A monitor (ONNX), '{MonitorChoice.Train}' to train one per file, or '{MonitorChoice.Calibrated}': the maximum softmax, calibrated on the "
                    + $"condition 'reference'.",
            DefaultValueFactory = _ => MonitorChoice.Calibrated,
        };
        var simulate = new Option<bool>("--simulate") { Description = "Also judge concept, covariate and label shifts made of the condition 'clean'." };
        var alarms =
            new Option<bool>("--alarms") { Description = "Also measure the alarms: false alarms, and labels to an alarm after a shift. Implies --simulate." };
        var pooled = new Option<bool>("--pooled") { Description = "Print only the tables over conditions." };
        var json = new Option<FileInfo?>("--json") { Description = "Also write every number to this file." };
        var report = new Option<DirectoryInfo?>("--report") { Description = "Also write a page with plots (index.html) into this folder." };
        var command = new Command(
            "evaluate",
            $"""
            Judge every estimate of accuracy on recorded softmax outputs with labels: draw windows, label a few predictions, and compare with the truth.

            The condition 'reference' is the labelled reference set that calibrates the methods; every other one is judged. In an .npz file a
            condition is two arrays, <condition>__probs (n×K) and <condition>__labels (n); the other formats: see the Traces page. The rows of a file
            that names no condition are judged together. What each file is understood to be is printed first.

              accuracy-monitor evaluate --traces traces/ --budget 100 --repeats 50
              accuracy-monitor evaluate --traces traces/fashion.npz --budget 1% --methods uniform-wilson,audited --json out.json --report out/
              accuracy-monitor evaluate --traces traces/ --earlier-labels 300 --pooled

            Methods:
            {string.Join('\n', EstimatorTable.All.Select(e => $"  {e.Name,-24} {e.Help}"))}
            """) { traces, budget, window, repeats, methods, earlier, confidence, seed, monitor, simulate, alarms, pooled, json, report };
        flags.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            try
            {
                var settings = new EvaluationOptions
                {
                    Budget = LabelBudget.Parse(parsed.GetValue(budget)!),
                    Window = parsed.GetValue(window),
                    Repeats = parsed.GetValue(repeats),
                    Seed = parsed.GetValue(seed),
                    Alpha = 1 - parsed.GetValue(confidence),
                    EarlierLabels = parsed.GetValue(earlier),
                    Methods = ParseMethods(parsed.GetValue(methods), parsed.GetValue(earlier)),
                    Traces = flags.Of(parsed),
                    Simulate = parsed.GetValue(simulate) || parsed.GetValue(alarms),
                };
                var files = Find(parsed.GetValue(traces)!);
                var chosen = MonitorChoice.Of(parsed.GetValue(monitor)!, settings.Seed);
                return RunAsync(files, settings, chosen, parsed, cancellation);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or MonitorFileException or InvalidOperationException)
            {
                parsed.InvocationConfiguration.Error.WriteLine(e.Message);
                return Task.FromResult(ExitStatus.Usage);
            }
        });
        return command;

        async Task<int> RunAsync(
            IReadOnlyList<string> files, EvaluationOptions settings, MonitorChoice chosen, ParseResult parsed, CancellationToken cancellation)
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var result = await ProgressBar.RunAsync(
                    files.Count, error, progress => new EvaluationRun(settings, chosen, parsed.GetValue(alarms), progress).Run(files, cancellation));
                EvaluationTables.Write(output, settings, result, parsed.GetValue(pooled));
                if (result.Alarms.Count > 0)
                {
                    EvaluationTables.WriteAlarms(output, result.Alarms);
                }

                if (parsed.GetValue(json) is { } file)
                {
                    await using var stream = file.Create();
                    await EvaluationJson.WriteAsync(stream, settings, result, cancellation);
                }

                if (parsed.GetValue(report) is { } folder)
                {
                    await EvaluationPage.WriteAsync(folder.FullName, settings, result, cancellation);
                }

                return result.Failures.Count > 0 ? ExitStatus.DataError : 0;
            }
            catch (OperationCanceledException)
            {
                await error.WriteLineAsync("Cancelled.");
                return ExitStatus.Cancelled;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync(e.Message);
                return ExitStatus.DataError;
            }
        }
    }

    private static string[] ParseMethods(string[]? given, int earlierLabels)
    {
        var names = (given ?? []).SelectMany(g => g.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal).ToArray();
        if (names.FirstOrDefault(n => !EstimatorTable.Names.Contains(n, StringComparer.Ordinal)) is { } unknown)
        {
            throw new FormatException($"--methods: '{unknown}' is not a method. Expected: {string.Join(", ", EstimatorTable.Names)}.");
        }

        if (earlierLabels == 0 && names.FirstOrDefault(n => EstimatorTable.Get(n).Labels == LabelUse.EarlierWindows) is { } needy)
        {
            throw new FormatException($"--methods: '{needy}' needs --earlier-labels above 0.");
        }

        return names.Length == 0 ? [.. EstimatorTable.Default(earlierLabels)] : [.. EstimatorTable.Names.Where(m => names.Contains(m, StringComparer.Ordinal))];
    }

    private static IReadOnlyList<string> Find(string path)
    {
        IReadOnlyList<string> files = File.Exists(path) ? [path]
            : Directory.Exists(path) && TraceFile.IsPartitioned(path) ? [path]
            : Directory.Exists(path) ? TraceFile.InFolder(path)
            : [];
        return files.Count > 0 ? files : throw new FormatException($"{path}: no trace, and no folder that holds one. Expected {TraceFile.Formats}.");
    }
}
