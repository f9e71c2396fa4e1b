using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Stress;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Cli.Training.Stress;

/// <summary><c>accuracy-monitor stress</c>: attacks a classifier and says what the monitor would have shown.</summary>
internal static class StressCommand
{
    public static Command Create()
    {
        var (subject, attacks, outputs) = (new SubjectFlags(), new AttackFlags(), new OutputFlags());
        var seeds = BoundedOption.Create("--seeds", "Number of runs, each with its own seed; means are printed.", 1, 1, 100);
        var seed = new Option<ulong>("--seed") { Description = "Seed of the first run. The same seed gives the same numbers.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "stress",
            """
            Attack a classifier and print what the monitor would have shown.

            The attacks are FGSM, PGD, and a particle swarm that changes a few pixels. They are made on images that the classifier gets right with a
            probability of at most 0.990. Printed are the success of each attack, the true accuracy under it, and the monitor's estimate with and without
            hardening. A seed takes about 20 seconds, or a minute and a half with --harden and --train.

            Examples:
              accuracy-monitor stress --output stress/
              accuracy-monitor stress --harden hardened.onnx --seeds 5
              accuracy-monitor stress --classifier model.onnx --images images.npy --labels labels.npy --pixels 40 --selector influence --attack swarm,fgsm
              accuracy-monitor evaluate --traces stress/
            """);
        subject.AddTo(command);
        attacks.AddTo(command);
        outputs.AddTo(command);
        command.Options.Add(seeds);
        command.Options.Add(seed);
        subject.AddReadingTo(command);
        attacks.Need(command, outputs);
        command.SetAction((parsed, cancel) =>
        {
            var (text, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            TorchRuntime.Require();
            var written = outputs.Of(parsed);
            var arguments = new StressArguments
            {
                Inputs = subject.Of(parsed),
                Attacks = attacks.Attacks(parsed),
                Options = attacks.Of(parsed, parsed.GetValue(seed), train: written.NeedTrainImages),
                Seeds = parsed.GetValue(seeds),
                Outputs = written,
            };
            return RunAsync(arguments, text, error, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(StressArguments arguments, TextWriter text, TextWriter error, CancellationToken cancel)
    {
        using var setup = StressSetup.Open(arguments.Inputs);
        if (arguments.Outputs.Train is not null && !setup.HasCopy)
        {
            throw new ArgumentException("--train trains the demo's classifier only: there is no TorchSharp copy of another.");
        }

        var watch = Stopwatch.StartNew();
        var outcomes = await CommandProgress.RunAsync(error, "Images", shown => StressOutcome.OfSeeds(
            setup,
            arguments,
            new SynchronousProgress<(ulong Seed, StressProgress Progress)>(p => shown.Show($"Seed {p.Seed}: {p.Progress.Stage}", p.Progress.Share)),
            cancel));
        var console = CommandConsole.Of(text);
        foreach (var table in StressTables.Of(outcomes))
        {
            console.Write(SpectreTable.Of(table));
        }

        foreach (var bar in StressTables.Bars(outcomes))
        {
            await text.WriteLineAsync(bar);
        }

        await text.WriteLineAsync(
            $"{watch.Elapsed.TotalSeconds:0} s for {outcomes.Count} seeds; gradients "
                + $"{(setup.HasCopy ? "of a copy, without queries" : "by queries, counted")}.");
        return Write(arguments, outcomes, text, error) ? ExitCodes.Success : ExitCodes.Failure;
    }

    /// <returns>False where the hardened monitor is refused.</returns>
    private static bool Write(StressArguments arguments, List<StressOutcome> outcomes, TextWriter text, TextWriter error)
    {
        var first = outcomes[0];
        foreach (var file in arguments.Outputs.Folder is { } folder ? StressFiles.Write(folder, outcomes) : [])
        {
            text.WriteLine($"Wrote {file}");
        }

        if (arguments.Outputs.Json is { } json)
        {
            StressFiles.WriteJson(json, arguments, outcomes);
            text.WriteLine($"Wrote {json}");
        }

        if (arguments.Outputs.Train is { } train)
        {
            WriteBytes(train, first.Retraining!.Onnx);
        }

        if (arguments.Outputs.Harden is not { } harden)
        {
            return true;
        }

        if (first.Report.Hardening!.Refusal is { } refusal)
        {
            error.WriteLine($"{harden} not written: {refusal}.");
            return false;
        }

        WriteBytes(harden, first.Report.Hardening.Hardened.Onnx);
        return true;

        void WriteBytes(string path, byte[] bytes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
            text.WriteLine($"Wrote {path}");
        }
    }
}
