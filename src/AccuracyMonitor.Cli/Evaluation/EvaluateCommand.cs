using System.CommandLine;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Report;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;

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
            "--window", "Predictions per window, drawn from the condition at random. [default: all rows of the condition, once each]", 2, 10_000_000);
        var repeats = BoundedOption.Create("--repeats", "Windows per condition.", 50, 1, 1_000_000);
        var methods = new Option<string[]>("--methods")
        {
            Description = "Methods of the list above, separated by commas. [default: all that apply, except oracle-bound]",
            AllowMultipleArgumentsPerToken = true,
        };
        var earlier = BoundedOption.Create(
            "--earlier-labels", "Number of labels from earlier windows of the same condition; the rows of those are not judged.", 0, 0, 100_000);
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
            Measure how good every estimate of accuracy is, on recorded softmax outputs with labels.

            It draws windows, labels a few predictions of each, and compares what every method says with the true accuracy: bias, error, coverage and
            width of the interval.

            A trace has conditions. The condition 'reference' calibrates the methods, and every other one is judged. In an .npz file a condition is two
            arrays, <condition>__probs (n×K) and <condition>__labels (n); docs/reference/trace-formats.md explains the other formats. Rows of a file that
            names no condition are judged together. How each file was read is printed first, on the error stream.

              accuracy-monitor evaluate --traces traces/ --budget 100 --repeats 50
              accuracy-monitor evaluate --traces traces/fashion.npz --budget 1% --methods uniform-wilson,audited --json out.json --report out/
              accuracy-monitor evaluate --traces traces/ --earlier-labels 300 --pooled

            Methods:
            {string.Join('\n', EstimatorTable.All.Select(e => $"  {e.Name,-24} {e.Help}"))}
            """) { traces, budget, window, repeats, methods, earlier, confidence, seed, monitor, simulate, alarms, pooled, json, report };
        flags.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
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
            var result = await CommandProgress.RunAsync(error, "Reading traces", progress =>
                new EvaluationRun(settings, chosen, parsed.GetValue(alarms), new EvaluationProgress(progress, files.Count)).Run(files, cancellation));
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

            return result.Failures.Count > 0 ? ExitCodes.DataError : ExitCodes.Success;
        });
        return command;
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

    /// <param name="progress">Has a bar for each file.</param>
    /// <param name="files">Number of files.</param>
    private sealed class EvaluationProgress(CommandProgress progress, int files) : IEvaluationProgress
    {
        private string _file = "";
        private int _begun;
        private int _conditions;
        private int _done;

        public void Understood(TraceUnderstanding trace)
        {
            foreach (var line in trace.Lines())
            {
                progress.Say(line);
            }
        }

        public void Begin(string file, int conditions)
        {
            (_file, _conditions, _done) = ($"{file} ({++_begun} of {files})", conditions, 0);
            progress.Begin(_file);
        }

        public void Done(string condition) => progress.Show(_file, (double)Interlocked.Increment(ref _done) / _conditions);

        public void Failed(string message) => progress.Say(message);
    }
}
