using System.CommandLine;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.Training.Schedules;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Demo;

/// <summary><c>demo model</c>: rebuilds what ships with the demo.</summary>
internal static class DemoModelCommand
{
    private static readonly DemoModelOptions Defaults = new() { OutputFolder = Path.Combine("demo-output", "assets") };

    public static Command Create()
    {
        var output = new Option<DirectoryInfo>("--output", "-o")
        {
            Description = "Folder to write the classifier, its reference outputs and the test images to.",
            DefaultValueFactory = _ => new DirectoryInfo(Defaults.OutputFolder),
        };
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Folder with the four IDX files of Fashion-MNIST (Debian: apt-get install dataset-fashion-mnist).",
            DefaultValueFactory = _ => new DirectoryInfo(Defaults.DataFolder),
        };
        var epochs = BoundedOption.Create("--epochs", "Passes over the training images.", Defaults.Epochs, 1, 1000);
        var seed = new Option<long>("--seed")
        {
            Description = "The same seed gives the same files, byte for byte, on the same kind of processor.",
            DefaultValueFactory = _ => Defaults.Seed,
        };
        var policy = new Option<string?>("--policy")
        {
            Description =
            "Learning-rate policy of the 13 functions: a text such as \"POLY k0=0.002 p=1.2 l=100; over 100\". [default: half a cosine down from 0.002]"
        };
        policy.Validators.Add(result => PolicyOption.Validate(result, plateau: false));
        var fewBits = new FewBitOptions("Train in few bits: how gradients are quantized.");
        var command = new Command(
            "model",
            """
            Train the demo's clothing classifier on Fashion-MNIST and write it as ONNX, with its outputs on images it was not trained on.

            The demo ships with these files; this rebuilds them, repeatably, in two to three minutes on one core.

            Examples:
              accuracy-monitor demo model
              accuracy-monitor demo model --data ~/fashion-mnist --output my-assets --epochs 2
              accuracy-monitor demo model --output few-bits --grad-quant Bhq --grad-bits 5
            """)
        {
            output, data, epochs, seed, policy,
        };
        fewBits.AddTo(command);
        command.SetAction((result, cancel) => RunAsync(
            With(result.GetValue(policy), new DemoModelOptions
            {
                OutputFolder = result.GetRequiredValue(output).FullName,
                DataFolder = result.GetRequiredValue(data).FullName,
                Epochs = result.GetValue(epochs),
                Seed = result.GetValue(seed),
                Rounding = fewBits.Of(result) is { } bits ? DemoRounding.Of(new LayerwiseRounding(bits, (ulong)result.GetValue(seed))) : null,
            }),
            cancel));
        return command;
    }

    private static DemoModelOptions With(string? policy, DemoModelOptions options)
    {
        if (policy is null)
        {
            return options;
        }

        var read = RatePolicy.Parse(PolicyFile.Read(policy).Policy);
        RateRun? run = null;
        return options with { LearningRatePolicy = read.ToString(), LearningRate = (step, steps) => (run ??= read.Begin(steps)).At(step) };
    }

    private static Task<int> RunAsync(DemoModelOptions options, CancellationToken cancel) => CommandErrors.RunAsync(Console.Error, needsTorch: true, async () =>
    {
        Print(await ProgressConsole.Bars().StartAsync(context => BuildAsync(context, options, cancel)));
        return 0;
    });

    private static Task<DemoModelReport> BuildAsync(ProgressContext context, DemoModelOptions options, CancellationToken cancel)
    {
        var task = context.AddTask("Training", maxValue: options.Epochs);
        var progress = new SynchronousProgress<ClassifierProgress>(p =>
        {
            task.Value = p.Epoch - 1 + p.Share;
            task.Description = $"Epoch {p.Epoch} of {p.Epochs}, loss {p.Loss:F3}";
        });
        return Task.Run(() => DemoModelBuilder.Build(options, progress, cancel), cancel);
    }

    private static void Print(DemoModelReport report)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"Test accuracy [bold]{report.TestAccuracy:P1}[/], mean confidence {report.TestConfidence:P1}; reference accuracy {report.ReferenceAccuracy:P1}.");
        AnsiConsole.MarkupLineInterpolated(
            $"ONNX Runtime and TorchSharp agree to {report.LargestDifference:g2}; the model has {report.ModelBytes / 1024} KiB.");
        foreach (var file in report.Files)
        {
            AnsiConsole.MarkupLineInterpolated($"Wrote {file}");
        }
    }
}
