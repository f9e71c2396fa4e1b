using System.CommandLine;
using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Training;
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
            Train the demo's clothing classifier again and write the files that ship with the demo.

            The training data is Fashion-MNIST. The files are the classifier (ONNX), its outputs on images that it was not trained on, and the test
            images. It takes two to three minutes on one core.

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
            result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancel));
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

    private static async Task<int> RunAsync(DemoModelOptions options, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        TorchRuntime.Require();
        var report = await CommandProgress.RunAsync(error, "Training", progress => DemoModelBuilder.Build(
            options,
            new SynchronousProgress<ClassifierProgress>(
                p => progress.Show($"Epoch {p.Epoch} of {p.Epochs}, loss {p.Loss:F3}", (p.Epoch - 1 + p.Share) / p.Epochs)),
            cancel));
        Print(CommandConsole.Of(output), report);
        return ExitCodes.Success;
    }

    private static void Print(IAnsiConsole console, DemoModelReport report)
    {
        console.MarkupLineInterpolated(
            $"Test accuracy [bold]{report.TestAccuracy:P1}[/], mean confidence {report.TestConfidence:P1}; reference accuracy {report.ReferenceAccuracy:P1}.");
        console.MarkupLineInterpolated(
            $"ONNX Runtime and TorchSharp agree to {report.LargestDifference:g2}; the model has {report.ModelBytes / 1024} KiB.");
        foreach (var file in report.Files)
        {
            console.MarkupLineInterpolated($"Wrote {file}");
        }
    }
}
