using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Quantized;
using AccuracyMonitor.Training.Schedules;
using AccuracyMonitor.Training.Ternary;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>Reads a recipe (YAML). docs/guides/training-recipes.md has every key.</summary>
internal static class RecipeReader
{
    private static readonly TrainingOptions TrainDefaults = new();
    private static readonly TernaryOptions PackDefaults = new();

    /// <param name="path">Of the file; traces in it are relative to its folder.</param>
    /// <exception cref="RecipeException">Everything that is wrong with it, each with its line.</exception>
    public static Recipe Read(string path)
    {
        var errors = new List<string>();
        var file = Path.GetFileName(path);
        try
        {
            var stream = new YamlStream();
            using var reader = new StreamReader(path);
            stream.Load(reader);
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            {
                throw new RecipeException([$"{file}: it must be one mapping."]);
            }

            var recipe = Read(new RecipeNode(file, "", root, errors), Path.GetDirectoryName(Path.GetFullPath(path))!);
            return errors.Count == 0 ? recipe : throw new RecipeException(errors);
        }
        catch (YamlException e)
        {
            throw new RecipeException([$"{file}:{e.Start.Line}: no YAML: {e.InnerException?.Message ?? e.Message}"]);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet throws these for some texts that are no YAML, without a line.
            throw new RecipeException([$"{file}: no YAML: {e.Message}"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException([$"{path}: {e.Message}"]);
        }
    }

    private static Recipe Read(RecipeNode root, string folder)
    {
        var seed = root.Seed("seed");
        var recipe = new Recipe
        {
            Seed = seed,
            TestShare = root.Number("test-share", 0.2, 0.05, 0.5),
            Policy = Policy(root.Part("policy")),
            Train = Train(root.Part("train"), seed),
            Harden = Harden(root.Part("harden"), folder),
            Compress = Compress(root.Part("compress"), seed),
        };
        root.End();
        return recipe;
    }

    private static PolicyStage? Policy(RecipeNode? node)
    {
        if (node is null)
        {
            return null;
        }

        var stage = new PolicyStage(node.Text("text", Refusal), node.Integer("seconds", 110, 1, 86_400), node.Integer("seeds", 3, 1, 100));
        node.End();
        return stage;
    }

    private static string? Refusal(string text)
    {
        try
        {
            RatePolicy.Parse(text);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static TrainingOptions Train(RecipeNode? node, ulong seed)
    {
        if (node is null)
        {
            return TrainDefaults with { Seed = seed };
        }

        var quantizer = node.OneOf<GradientQuantizer>("grad-quant") ?? GradientQuantizer.None;
        var bits = node.Integer("grad-bits", 8, 2, 8);
        var options = new TrainingOptions
        {
            Seed = seed,
            Encoding = node.OneOf<MonitorEncoding>("encoding"),
            HiddenWidths = node.Widths("hidden", TrainDefaults.HiddenWidths, 1024),
            Dropout = node.Number("dropout", TrainDefaults.Dropout, 0, 0.9),
            Members = node.Integer("members", TrainDefaults.Members, 1, 256),
            MaxEpochs = node.Integer("epochs", TrainDefaults.MaxEpochs, 1, 10_000),
            BatchSize = node.Integer("batch-size", TrainDefaults.BatchSize, 1, 100_000),
            LearningRate = node.Number("learning-rate", TrainDefaults.LearningRate, 1e-6, 1),
            Patience = node.Integer("patience", TrainDefaults.Patience, 1, 10_000),
            Quantization = quantizer == GradientQuantizer.None ? null : new QuantizationOptions { Quantizer = quantizer, GradientBits = bits },
        };
        node.End();
        return options;
    }

    private static HardenStage? Harden(RecipeNode? node, string folder)
    {
        if (node is null)
        {
            return null;
        }

        var traces = node.Needed("traces", text => TraceFile.IsTrace(text) ? null : "it must be a trace file");
        var stage = new HardenStage(Path.Combine(folder, traces), node.Needed("condition"),
            new Gate(node.Number("auroc-tolerance", 0.003, 0, 1), node.Number("estimate-tolerance", 0.01, 0, 1)));
        node.End();
        return stage;
    }

    private static CompressStage? Compress(RecipeNode? node, ulong seed)
    {
        if (node is null)
        {
            return null;
        }

        var stage = new CompressStage(
            new TernaryOptions
            {
                Seed = seed,
                Rows = node.Integer("rows", PackDefaults.Rows, 100, 1_000_000),
                Gain = node.Number("gain", PackDefaults.Gain, 0, 1000),
                Passes = node.Integer("passes", PackDefaults.Passes, 0, 100),
            },
            new Gate(node.Number("auroc-tolerance", TernaryResult.AurocTolerance, 0, 1),
                node.Number("estimate-tolerance", TernaryResult.EstimateTolerance, 0, 1)));
        node.End();
        return stage;
    }
}

/// <summary>A recipe that can't be used.</summary>
/// <param name="errors">Each with its line.</param>
internal sealed class RecipeException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors));
