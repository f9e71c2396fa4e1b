using System.CommandLine;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.PolicySearch;

namespace AccuracyMonitor.Benchmarks.Training;

/// <summary><c>benchmarks learning-rates</c>: chooses a learning-rate policy for a monitor.</summary>
internal static class LrBenchCommand
{
    private static readonly PolicyBenchOptions Defaults = new();

    public static Command Create()
    {
        var reference = new Option<FileInfo>(
            "--reference", "-r")
        { Required = true, Description = "Trace file (.npz, .parquet, .csv, .jsonl) with the condition 'reference'." };
        var output = new Option<FileInfo?>("--output", "-o") { Description = "JSON file to write the winner and every number to; train --policy reads it." };
        var plot = new Option<FileInfo?>("--plot") { Description = "Picture (PNG) of the held-out losses to write." };
        var steps = BoundedOption.Optional("--steps", "Steps of the constants' runs. Default: the most that train takes.", 100, 1_000_000);
        var share = BoundedOption.Create("--share", "Length of the policies' runs as a share of the constants'.", Defaults.Share, 0.05, 1);
        var seeds = BoundedOption.Create("--seeds", "Runs of each of the 13 policies.", Defaults.Seeds, 1, 100);
        var confirm = BoundedOption.Create("--confirm", "Fresh seeds on which the winner meets the tuned constant.", Defaults.ConfirmSeeds, 0, 100);
        var budget = BoundedOption.Create("--budget", "Seconds for all of it; what is left out for it is said.", Defaults.Budget.TotalSeconds, 1, 86_400);
        var batch = BoundedOption.Create("--batch-size", "Samples per step.", Defaults.Training.BatchSize, 1, 100_000);
        var hidden = new Option<int[]>("--hidden")
        {
            Description = "One or two widths of hidden layers, 1 to 1024 each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. Defaults.Training.HiddenWidths],
        };
        var encoding = new Option<MonitorEncoding?>("--encoding") { Description = "What of the softmax vector the network sees. Default: as train chooses." };
        var testShare = BoundedOption.Create("--test-share", "Share of the reference set that only judges the results.", 0.2, 0.05, 0.5);
        var workers = BoundedOption.Create("--workers", "Runs side by side; changes no number.", Defaults.Workers, 1, 256);
        var seed = new Option<ulong>("--seed") { Description = "Same seed, same numbers, as long as the budget suffices." };
        var command = new Command(
            "learning-rates",
            """
            Pick a learning-rate policy for a monitor: a range test, the 13 policies of LRBench over several seeds, how much each depends on its rate,
            and the winner beside the best constant rate on fresh seeds. Prints a table; the winner is one line of text.

            Examples:
              benchmarks learning-rates --reference reference.npz --output policy.json --plot policy.png
              accuracy-monitor monitor train --reference reference.npz --policy policy.json
              accuracy-monitor monitor train --reference reference.npz --policy "COS k0=0.01 k1=0 l=1500; over 1500"
            """) { reference, output, plot, steps, share, seeds, confirm, budget, batch, hidden, encoding, testShare, workers, seed };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed,
            parsed.GetRequiredValue(reference).FullName,
            parsed.GetValue(output)?.FullName,
            parsed.GetValue(plot)?.FullName,
            new PolicyBenchOptions
            {
                Training = new TrainingOptions
                {
                    BatchSize = parsed.GetValue(batch),
                    HiddenWidths = parsed.GetRequiredValue(hidden),
                    Encoding = parsed.GetValue(encoding),
                    Seed = parsed.GetValue(seed),
                },
                Steps = parsed.GetValue(steps),
                Share = parsed.GetValue(share),
                Seeds = parsed.GetValue(seeds),
                ConfirmSeeds = parsed.GetValue(confirm),
                Budget = TimeSpan.FromSeconds(parsed.GetValue(budget)),
                Workers = parsed.GetValue(workers),
            },
            parsed.GetValue(testShare),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, string reference, string? output, string? plot, PolicyBenchOptions options, double testShare, CancellationToken cancel)
    {
        var (text, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        TorchRuntime.Require();
        var (train, test) = ReferenceSplit.ForTraining(TraceFile.Open(reference), testShare, options.Training.Seed);
        var result = await CommandProgress.RunAsync(error, "Range test", progress => PolicyBench.Run(
            train, test, options, TimeProvider.System, new SynchronousProgress<PolicyBenchProgress>(p => progress.Show(p.Stage, null)), cancel));
        LrBenchTables.Write(CommandConsole.Of(text), result);
        if (output is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            await File.WriteAllTextAsync(output, PolicyFile.Write(result, options), cancel);
            await text.WriteLineAsync($"Wrote {output}");
        }

        if (plot is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(plot)!);
            PolicyPlot.Write(plot, result);
            await text.WriteLineAsync($"Wrote {plot}");
        }

        return ExitCodes.Success;
    }
}
