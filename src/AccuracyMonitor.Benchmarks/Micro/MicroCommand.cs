using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace AccuracyMonitor.Benchmarks.Micro;

/// <summary><c>benchmarks micro</c>: time and allocations of the steps of a prediction's path, measured by BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    private static readonly Type[] Benchmarks =
    [
        typeof(RowBenchmark), typeof(IntakeBenchmark), typeof(ScoringBenchmark), typeof(WindowBenchmark),
    ];

    public static Command Create()
    {
        var filter = new Option<string[]>("--filter")
        {
            Description = "Which benchmarks to run, for example *Intake*.",
            DefaultValueFactory = _ => ["*"],
            AllowMultipleArgumentsPerToken = true,
        };
        var quick = new Option<bool>("--quick") { Description = "Few and short iterations: a check that the benchmarks run, no measurement." };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Folder of the reports.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "accuracy-monitor-micro")),
        };
        var command = new Command("micro", "Time and allocations of the steps of a prediction's path.") { filter, quick, output };
        command.SetAction(parsed =>
        {
            // In this process: the generated project of the usual toolchain would be built under this repository's rules for source code.
            var job = (parsed.GetValue(quick) ? Job.Dry : Job.ShortRun.WithIterationCount(10)).WithToolchain(InProcessEmitToolchain.Instance);
            var config = ManualConfig.CreateEmpty()
                .AddJob(job)
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .HideColumns("Job", "Toolchain", "IterationCount", "LaunchCount", "WarmupCount", "RunStrategy", "UnrollFactor", "Gen0", "Gen1", "Gen2")
                .AddExporter(MarkdownExporter.GitHub)
                .AddLogger(ConsoleLogger.Default)
                .WithArtifactsPath(parsed.GetRequiredValue(output).FullName)
                .WithOptions(ConfigOptions.JoinSummary);
            var summaries = BenchmarkSwitcher.FromTypes(Benchmarks).Run(["--filter", .. parsed.GetRequiredValue(filter)], config).ToArray();
            return summaries.Length > 0 && summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;
        });
        return command;
    }
}
