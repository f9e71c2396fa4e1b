using System.CommandLine;
using AccuracyMonitor.Cli.Display;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Runs.Training;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Training;

/// <summary><c>accuracy-monitor monitor train</c>: a monitor network from a reference set.</summary>
internal static class TrainCommand
{
    private static readonly TrainingOptions Defaults = new();

    public static Command Create()
    {
        var reference = new Option<FileInfo>(
            "--reference", "-r")
        {
            Required = true,
            Description = "Labelled softmax outputs: .npz with reference__probs [n, K] and reference__labels [n], .parquet, .csv, .jsonl and "
            + "others."
        };
        var output = new Option<FileInfo>("--output", "-o") { Description = "Monitor file to write.", DefaultValueFactory = _ => new FileInfo("monitor.onnx") };
        var encoding = new Option<MonitorEncoding?>("--encoding")
        {
            Description =
                $"What the network sees of the softmax vector. [default: SortedLogWithClass up to {TrainingOptions.MostClassesToTellApart} classes, else "
                    + $"SortedLog]",
        };
        var hidden = new Option<int[]>("--hidden")
        {
            Description = "One or two widths of hidden layers, 1 to 1024 each.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [.. Defaults.HiddenWidths],
        };
        var dropout = BoundedOption.Create("--dropout", "Share of the hidden units that each member drops.", Defaults.Dropout, 0, 0.9);
        var members = BoundedOption.Create("--members", "Number of sub-networks (members) in the ensemble.", Defaults.Members, 1, 256);
        var epochs = BoundedOption.Create(
            "--epochs", "Largest number of passes over the reference set; early stopping may end sooner.", Defaults.MaxEpochs, 1, 10_000);
        var rate = BoundedOption.Create("--learning-rate", "Learning rate of AdamW.", Defaults.LearningRate, 1e-6, 1);
        var policy = new Option<string?>("--policy")
        {
            Description =
                "Learning-rate policy in place of --learning-rate: a file of benchmarks learning-rates, or a text such as \"COS k0=0.01 k1=0 l=1500; over "
                    + "1500\". A file's policy is run over the steps it was measured over, a text's over all --epochs; the best epoch is kept.",
        };
        policy.Validators.Add(result => PolicyOption.Validate(result));
        var fewBits = new FewBitOptions("Train in few bits, without libtorch: how gradients are quantized.");
        var seed = new Option<ulong>("--seed") { Description = "The same seed, data and options give the same file, byte for byte. [default: 0]" };
        var testShare = BoundedOption.Create("--test-share", "Share of the reference set kept out of the training, to compare scores on.", 0.2, 0.05, 0.5);
        var recipe = new Option<FileInfo?>("--recipe")
        {
            Description =
            "YAML file that describes all stages: policy, train, harden, compress. It replaces every option except --reference and those that say "
                + "how to read it, --output and --work."
        };
        var work = new Option<DirectoryInfo?>(
            "--work")
        { Description = "Folder for what the stages of a recipe make. An interrupted recipe continues from there. [default: OUTPUT.work]" };
        var command = new Command(
            "train",
            """
            Train a monitor network on a reference set.

            A reference set is labelled softmax outputs of the deployed model on data that it was not trained on. Printed is how well the monitor's score
            tells right from wrong, compared with the maximum softmax and the calibrated maximum softmax. Other conditions in the file (such as
            clean__probs) are judged too.

            Examples:
              accuracy-monitor monitor train --reference reference.npz --output monitor.onnx
              accuracy-monitor monitor train -r reference.npz --encoding RawSoftmax --hidden 32 --seed 7
              accuracy-monitor monitor train -r reference.npz --policy policy.json --epochs 30
              accuracy-monitor monitor train -r reference.npz --grad-quant Bhq --grad-bits 4
              accuracy-monitor monitor train -r reference.npz --recipe recipe.yaml --output monitor.onnx
              accuracy-monitor serve --Monitor:Artifact=monitor.onnx
            """) { reference, output, recipe, work, encoding, hidden, dropout, members, epochs, rate, policy, seed, testShare };
        fewBits.AddTo(command);
        var flags = new TraceFlags(withLabels: true);
        flags.AddTo(command);
        Option[] replaced = [encoding, hidden, dropout, members, epochs, rate, policy, fewBits.Quantizer, fewBits.Bits, seed, testShare];
        command.Validators.Add(result =>
        {
            if (result.GetResult(recipe) is { Implicit: false } && replaced.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } both)
            {
                result.AddError($"{both.Name} and --recipe exclude each other: the recipe says it.");
            }

            if (result.GetResult(recipe) is null && result.GetResult(work) is { Implicit: false })
            {
                result.AddError("--work needs --recipe: without one nothing is kept there.");
            }

            if (result.GetResult(policy) is { Implicit: false } && result.GetResult(rate) is { Implicit: false })
            {
                result.AddError("--learning-rate and --policy exclude each other: the policy says it.");
            }
        });
        command.SetAction((parsed, cancel) => parsed.GetValue(recipe) is { } file ? RecipeCommand.RunAsync(
            parsed.InvocationConfiguration,
            file.FullName,
            new TraceArgument(parsed.GetRequiredValue(reference).FullName, flags.Of(parsed)),
            parsed.GetRequiredValue(output).FullName, parsed.GetValue(work)?.FullName, cancel)
                : RunAsync(
            parsed.InvocationConfiguration,
            new TraceArgument(parsed.GetRequiredValue(reference).FullName, flags.Of(parsed)),
            parsed.GetRequiredValue(output).FullName,
            With(parsed.GetValue(policy), new TrainingOptions
            {
                Encoding = parsed.GetValue(encoding),
                HiddenWidths = parsed.GetRequiredValue(hidden),
                Dropout = parsed.GetValue(dropout),
                Members = parsed.GetValue(members),
                MaxEpochs = parsed.GetValue(epochs),
                LearningRate = parsed.GetValue(rate),
                Seed = parsed.GetValue(seed),
                Quantization = fewBits.Of(parsed),
            }),
            parsed.GetResult(epochs) is { Implicit: false },
            parsed.GetValue(testShare),
            cancel));
        return command;
    }

    private static TrainingOptions With(string? policy, TrainingOptions options)
    {
        if (policy is null)
        {
            return options;
        }

        var file = PolicyFile.Read(policy);
        return options with { LearningRatePolicy = file.Policy, PolicyNumbers = file.Numbers };
    }

    private static async Task<int> RunAsync(
        InvocationConfiguration streams, TraceArgument reference, string output, TrainingOptions options, bool epochsGiven, double testShare,
        CancellationToken cancel)
    {
        if (options.Quantization is null)
        {
            TorchRuntime.Require();
        }

        var trace = reference.Open(streams.Error);
        var (train, test) = ReferenceSplit.ForTraining(trace, testShare, options.Seed);
        options = epochsGiven ? options : PolicyFile.AsLongAsMeasured(options, train.Count);
        var trained = await CommandProgress.RunAsync(streams.Error, $"Training on {train.Count} outputs", progress => MonitorTrainer.Train(
            train,
            options,
            new SynchronousProgress<TrainingProgress>(p => progress.Show(
                $"Epoch {p.Epoch}: held-out loss {p.HeldOutLoss:0.0000}{(p.Improved ? " *" : "")}", (double)p.Epoch / p.MaxEpochs)),
            cancel));
        await AtomicFile.WriteAsync(output, trained.Onnx, cancel, reference.Path);
        var (console, metadata) = (CommandConsole.Of(streams.Output), trained.Metadata);
        console.MarkupInterpolated(
            $"[green]{metadata.MonitorVersion}[/]: {metadata.Members} members of {string.Join('-', metadata.HiddenWidths)}, {metadata.Encoding}, K = ");
        console.MarkupLineInterpolated(
            $"{metadata.ClassCount}, epoch {trained.Report.Epochs}; written to {output} ({trained.Onnx.Length / 1024.0:0} KiB)");
        console.Write(SpectreTable.Of(ScoreTables.OfTraining(trained, train, test, trace)));
        return ExitCodes.Success;
    }
}
