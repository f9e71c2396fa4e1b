using System.CommandLine;
using System.Diagnostics;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs.Stress;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Stress;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Training.Stress;

/// <summary><c>accuracy-monitor stress</c>: attacks a classifier and says what the monitor would have shown.</summary>
internal static class StressCommand
{
    private const int ExUsage = 64;
    private const int ExDataErr = 65;
    private const int ExCancelled = 130;
    private const int TrainImages = 1000;
    private static readonly StressOptions Defaults = new();

    public static Command Create()
    {
        var classifier =
            new Option<FileInfo?>(
                "--classifier")
            {
                Description =
                    "ONNX file: one float32 input of images, one output [n, K] of softmax or logits. [default: the demo's, with gradients of its TorchSharp "
                        + "copy; another's are taken by queries]"
            };
        var images =
            new Option<FileInfo?>("--images") { Description = "IDX (plain or .gz) or .npy, bytes or 0 to 1. [default: the demo's 10,000 test images]" };
        var labels = new Option<FileInfo?>("--labels") { Description = "IDX or .npy with the true classes." };
        var reference = new Option<FileInfo?>("--reference", "-r")
        {
            Description =
            "Trace whose condition 'reference' trains the monitor. [default: the demo's; else half of the images that are not attacked]"
        };
        var white = BoundedOption.Create("--white", "What the classifier takes for white.", 1.0, 1e-3, 65_535);
        var attack = new Option<string>(
            "--attack")
        { Description = "Of swarm, fgsm, pgd. The first attack's examples harden and train.", DefaultValueFactory = _ => "swarm,fgsm,pgd" };
        var selector = new Option<string>("--selector")
        {
            Description = "The swarm's pixels: of influence-gradient, influence, gradient, random.",
            DefaultValueFactory = _ => "influence-gradient,influence,gradient,random"
        };
        var pixels = BoundedOption.Create("--pixels", "Pixels that a swarm may change.", Defaults.Pixels, 1, 1_000_000);
        var box = BoundedOption.Create("--box", "Largest change of such a pixel, of 0 to 1.", Defaults.Box, 1e-3, 1);
        var length = BoundedOption.Create(
            "--least-length", "Share of the image's largest gradient length below which a pixel has no influence.", Defaults.LeastLength, 0, 1);
        var target = new Option<string>(
            "--target")
        { Description = "Class that is to be predicted: none (any wrong one), runner-up, or its number.", DefaultValueFactory = _ => "none" };
        var probability = BoundedOption.Optional("--probability", "Probability that the wrong class is to have.", 0.5, 0.999);
        var particles = BoundedOption.Create("--particles", "The swarm's.", Defaults.Swarm.Particles, 2, 10_000);
        var iterations = BoundedOption.Create(
            "--iterations", "Steps after the first draw: particles x (iterations + 1) queries an image at most.", Defaults.Swarm.Iterations, 0, 10_000);
        var radius = BoundedOption.Create("--radius", "Largest change of a pixel by FGSM and PGD, grey levels of 255.", Defaults.Radius, 1, 255);
        var count = BoundedOption.Create("--count", "Images attacked for the report.", Defaults.Images, 10, 100_000);
        var trainCount =
            BoundedOption.Create("--train-count", "Other images attacked for hardening and training.", TrainImages, StressRun.FewestTrainImages, 100_000);
        var harden = new Option<FileInfo?>("--harden")
        {
            Description =
            "Monitor file to write: trained on the reference and the first attack's outputs. Refused if it loses more than 0.003 AUROC on clean outputs."
        };
        var train = new Option<FileInfo?>(
            "--train")
        { Description = "ONNX file to write: the demo's classifier trained further on clean images and the first attack's examples." };
        var output = new Option<DirectoryInfo?>(
            "--output", "-o")
        { Description = "Folder for a trace of each attack that evaluate reads, images, and report.md; of the first seed." };
        var json = new Option<FileInfo?>("--json") { Description = "Also write every number of every seed to this file." };
        var seeds = BoundedOption.Create("--seeds", "Runs; means are printed.", 1, 1, 100);
        var seed = new Option<ulong>("--seed") { Description = "The first run's; the same seed does the same.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "stress",
            """
            Attack a classifier and say what the monitor would have shown: made-to-measure adversarial examples by a particle swarm on a few pixels, beside
            FGSM and PGD. Attacked are images that the classifier gets right with a probability of at most 0.990. Prints each attack's success, the true
            accuracy under it, and the monitor's estimate with and without hardening. About 20 seconds a seed, a minute and a half with --harden and --train.

            Examples:
              accuracy-monitor stress --output stress/
              accuracy-monitor stress --harden hardened.onnx --seeds 5
              accuracy-monitor stress --classifier model.onnx --images images.npy --labels labels.npy --pixels 40 --selector influence --attack swarm,fgsm
              accuracy-monitor evaluate --traces stress/
            """) { classifier, images, labels, reference, white, attack, selector, pixels, box, length, target, probability, particles, iterations, radius, count, trainCount, harden, train, output, json, seeds, seed };
        var flags = new TraceFlags();
        flags.AddTo(command);
        flags.Need(command, reference);
        command.Validators.Add(result =>
        {
            if (result.GetResult(trainCount) is { Implicit: false } && result.GetResult(harden) is null && result.GetResult(train) is null)
            {
                result.AddError("--train-count needs --harden or --train: nothing else uses those images.");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var arguments = new StressArguments
                {
                    Classifier = parsed.GetValue(classifier)?.FullName,
                    Images = parsed.GetValue(images)?.FullName,
                    Labels = parsed.GetValue(labels)?.FullName,
                    Reference = parsed.GetValue(reference)?.FullName,
                    Reading = flags.Of(parsed),
                    White = parsed.GetValue(white),
                    Attacks = StressArguments.ParseAttacks(parsed.GetRequiredValue(attack), parsed.GetRequiredValue(selector)),
                    Options = new StressOptions
                    {
                        Seed = parsed.GetValue(seed),
                        Images = parsed.GetValue(count),
                        TrainImages = parsed.GetValue(harden) is null && parsed.GetValue(train) is null ? 0 : parsed.GetValue(trainCount),
                        Pixels = parsed.GetValue(pixels),
                        Box = parsed.GetValue(box),
                        LeastLength = parsed.GetValue(length),
                        Radius = parsed.GetValue(radius),
                        Goal = StressArguments.ParseTarget(parsed.GetRequiredValue(target)) with { Probability = parsed.GetValue(probability) },
                        Swarm = new SwarmOptions { Particles = parsed.GetValue(particles), Iterations = parsed.GetValue(iterations) },
                    },
                    Seeds = parsed.GetValue(seeds),
                    Harden = parsed.GetValue(harden)?.FullName,
                    Train = parsed.GetValue(train)?.FullName,
                    Output = parsed.GetValue(output)?.FullName,
                    Json = parsed.GetValue(json)?.FullName,
                };
                return await RunAsync(arguments, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel);
            }
            catch (FormatException e)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return ExUsage;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(StressArguments arguments, TextWriter text, TextWriter error, CancellationToken cancel)
    {
        if (!TorchRuntime.IsAvailable(out var reason))
        {
            await error.WriteLineAsync(reason);
            return 1;
        }

        try
        {
            using var setup = StressSetup.Open(arguments);
            if (arguments.Train is not null && !setup.HasCopy)
            {
                throw new ArgumentException("--train trains the demo's classifier only: there is no TorchSharp copy of another.");
            }

            var watch = Stopwatch.StartNew();
            var outcomes = await AttackAsync(setup, arguments, cancel);
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
            console.Profile.Width = Math.Max(console.Profile.Width, 180);
            foreach (var table in StressTables.Of(outcomes))
            {
                console.Write(table.ToSpectre());
            }

            foreach (var bar in StressTables.Bars(outcomes))
            {
                await text.WriteLineAsync(bar);
            }

            await text.WriteLineAsync(
                $"{watch.Elapsed.TotalSeconds:0} s for {outcomes.Count} seeds; gradients "
                    + $"{(setup.HasCopy ? "of a copy, without queries" : "by queries, counted")}.");
            return Write(arguments, outcomes, text, error) ? 0 : 1;
        }
        catch (Exception e) when (e is TraceFileException or DemoDataException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExDataErr;
        }
        catch (ArgumentException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExUsage;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Cancelled; nothing was written.");
            return ExCancelled;
        }
    }

    /// <returns>False where the hardened monitor is refused.</returns>
    private static bool Write(StressArguments arguments, List<StressOutcome> outcomes, TextWriter text, TextWriter error)
    {
        var first = outcomes[0];
        foreach (var file in arguments.Output is { } folder ? StressFiles.Write(folder, outcomes) : [])
        {
            text.WriteLine($"Wrote {file}");
        }

        if (arguments.Json is { } json)
        {
            StressFiles.WriteJson(json, arguments, outcomes);
            text.WriteLine($"Wrote {json}");
        }

        if (arguments.Train is { } train)
        {
            WriteBytes(train, first.Retraining!.Onnx);
        }

        if (arguments.Harden is not { } harden)
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

    private static Task<List<StressOutcome>> AttackAsync(StressSetup setup, StressArguments arguments, CancellationToken cancel) =>
        ProgressConsole.Status().StartAsync("Images", context => Task.Run(
            () =>
            {
                var outcomes = new List<StressOutcome>();
                for (var run = 0; run < arguments.Seeds; run++)
                {
                    var options = arguments.Options with { Seed = arguments.Options.Seed + (ulong)run };
                    var progress = new SynchronousProgress<StressProgress>(
                        p => context.Status($"Seed {options.Seed}: {p.Stage.EscapeMarkup()}{(Console.IsErrorRedirected ? "" : $" {p.Share:P0}")}"));
                    var subject = new StressSubject(setup.Classifier, setup.Gradients, setup.Inputs, options);
                    var report = StressRun.Run(
                        subject, arguments.Attacks, arguments.Harden is null ? [] : [arguments.Lesson], setup.Reference,
                        new HardeningOptions { Training = new TrainingOptions { Seed = options.Seed } }, progress, cancel);
                    outcomes.Add(new StressOutcome(
                        report, arguments.Train is null ? null : ClassifierRetraining.Run(setup, report, arguments, options, progress, cancel)));
                }

                return outcomes;
            },
            cancel));
}
