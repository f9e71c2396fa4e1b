using System.Collections.Concurrent;
using System.CommandLine;
using AccuracyMonitor.Cli.Traces;
using AccuracyMonitor.Scoring;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary><c>accuracy-monitor evaluate</c>: bias, error, coverage and width of the estimates on recorded softmax outputs.</summary>
internal static class EvaluateCommand
{
    private const int ExUsage = 64;
    private const int ExDataErr = 65;

    public static Command Create()
    {
        var traces = new Option<string>("--traces")
        {
            Description = "A .npz file of recorded softmax outputs, or a folder of them.",
            Required = true,
        };
        var monitor = new Option<FileInfo?>("--monitor")
        {
            Description = "A trained monitor (ONNX). Default: the maximum softmax, calibrated on the trace's condition 'reference'.",
        };
        var budget = Positive("--budget", "Labels per window, on average.", 100);
        var window = Positive("--window", "Predictions per window, drawn with replacement from the condition.", 10_000);
        var repeats = Positive("--repeats", "Windows per recorded shift; of the clean condition and of those made of it ten times as many.", 50);
        var seed = new Option<int>("--seed") { Description = "Same seed, same output.", DefaultValueFactory = _ => 1 };
        var alarms = new Option<bool>("--alarms") { Description = "Also measure the alarms: false alarms, and labels to an alarm after a shift." };
        var json = new Option<FileInfo?>("--json") { Description = "Also write every condition's numbers to this file." };
        var command = new Command(
            "evaluate",
            """
            Simulate windows of recorded softmax outputs, label a few the sidecar's way, and compare the estimates with the truth.

            A trace is a NumPy .npz with arrays <condition>__probs (n×K) and <condition>__labels (n). The condition 'reference' calibrates the
            monitor; 'clean' is production without shift, from which a concept and a covariate shift are also simulated; any other is a shift.

              accuracy-monitor evaluate --traces traces/ --budget 100 --repeats 50
              accuracy-monitor evaluate --traces traces/fashion.npz --monitor monitor.onnx --json out.json
            """) { traces, monitor, budget, window, repeats, seed, alarms, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(traces)!, parsed.GetValue(monitor),
            new EvaluationSettings(parsed.GetValue(budget), parsed.GetValue(window), parsed.GetValue(repeats), parsed.GetValue(seed), Alpha: 0.05),
            parsed.GetValue(alarms), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation));
        return command;
    }

    private static Option<int> Positive(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be at least 1.");
            }
        });
        return option;
    }

    private static async Task<int> RunAsync(
        string traces, FileInfo? monitor, EvaluationSettings settings, bool withAlarms, FileInfo? json, TextWriter output, TextWriter error,
        CancellationToken cancellation)
    {
        if (settings.Budget > settings.Window)
        {
            await error.WriteLineAsync($"--budget {settings.Budget} is more than --window {settings.Window}.");
            return ExUsage;
        }

        try
        {
            var files = Find(traces);
            if (files.Count == 0)
            {
                await error.WriteLineAsync($"{traces}: no .npz file and no folder that holds one.");
                return ExUsage;
            }

            using var scorer = monitor is null
                ? null
                : EnsembleScorer.Load(await File.ReadAllBytesAsync(monitor.FullName, cancellation), new ScorerOptions());
            var (families, alarms) = Evaluate(files, scorer, settings, withAlarms, cancellation);
            EvaluationReport.WriteTable(output, settings, families);
            EvaluationReport.WriteAlarms(output, alarms);
            if (json is not null)
            {
                await using var stream = json.Create();
                await EvaluationReport.WriteJsonAsync(stream, settings, families, alarms, cancellation);
            }

            return 0;
        }
        catch (Exception e) when (e is TraceFileException or MonitorFileException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExDataErr;
        }
    }

    private static IReadOnlyList<string> Find(string path) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.npz").Order(StringComparer.Ordinal)]
        : [];

    private static (IReadOnlyList<FamilyResult> Families, IReadOnlyList<AlarmResult> Alarms) Evaluate(
        IReadOnlyList<string> files, IMonitorScorer? monitor, EvaluationSettings settings, bool withAlarms, CancellationToken cancellation)
    {
        var results = new List<ConditionResult>();
        var alarms = new List<AlarmResult>();
        foreach (var file in files)
        {
            // One file in memory at a time, and read on this thread: what is wrong with it is thrown as it is.
            var regimes = RegimeReader.Read(TraceFile.Open(file), monitor, settings.Seed).ToList();

            // One at a time to whoever is free: a clean condition is ten times the work of a shifted one. The report sorts.
            results.AddRange(Partitioner.Create(regimes, EnumerablePartitionerOptions.NoBuffering).AsParallel().WithCancellation(cancellation).Select(regime => new ConditionResult(
                regime.File, regime.Family, regime.Condition, regime.Accuracy, new WindowSimulation(regime, settings).Run())));
            if (withAlarms && regimes.Exists(r => string.Equals(r.Family, "clean", StringComparison.Ordinal)))
            {
                alarms.AddRange(new AlarmSimulation(regimes, settings).Run());
            }
        }

        return (FamilyResult.Group(results), alarms);
    }
}
