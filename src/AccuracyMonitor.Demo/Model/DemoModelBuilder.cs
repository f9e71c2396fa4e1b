using System.Globalization;
using System.Numerics.Tensors;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace AccuracyMonitor.Demo.Model;

/// <summary>How the demo's model is rebuilt.</summary>
public sealed record DemoModelOptions
{
    /// <summary>Folder with the four IDX files of Fashion-MNIST.</summary>
    public string DataFolder { get; init; } = FashionMnist.DebianFolder;

    /// <summary>Where the assets are written; created when missing.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Passes over the 50,000 training images, at least 1. Default 8.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>The same seed gives the same bytes on the same kind of processor. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The rate of a step, from its number and the number of all; null: half a cosine down from 0.002.</summary>
    public Func<int, int, double>? LearningRate { get; init; }

    /// <summary>What <see cref="LearningRate"/> is, for a person to read in the file; null: nothing is said.</summary>
    public string? LearningRatePolicy { get; init; }

    /// <summary>Trains in few bits; null: in single precision.</summary>
    public ClassifierRounding? Rounding { get; init; }

    /// <summary>Training images to use, at most 50,000 (the rest is the reference set). Fewer for a quick try.</summary>
    public int TrainingImages { get; init; } = FashionMnist.TrainingCount;
}

/// <summary>What was built.</summary>
/// <param name="TestAccuracy">On the 10,000 test images, 0–1.</param>
/// <param name="TestConfidence">Mean maximum softmax there, 0–1.</param>
/// <param name="ReferenceAccuracy">On the held-out training images, 0–1.</param>
/// <param name="LargestDifference">Between ONNX Runtime's and TorchSharp's probabilities on the test images.</param>
/// <param name="ModelBytes">Size of the ONNX file.</param>
public sealed record DemoModelReport(
    double TestAccuracy, double TestConfidence, double ReferenceAccuracy, double LargestDifference, long ModelBytes, IReadOnlyList<string> Files);

/// <summary>Trains the classifier, writes it as ONNX, checks the file against the network, and writes what ships with the demo.</summary>
public static class DemoModelBuilder
{
    /// <summary>ONNX Runtime and TorchSharp must agree to this, in probability.</summary>
    public const double Tolerance = 1e-5;

    /// <exception cref="DemoDataException">Data files are missing or damaged, or the ONNX file disagrees with the network.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing was written.</exception>
    public static DemoModelReport Build(DemoModelOptions options, IProgress<ClassifierProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TrainingImages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TrainingImages, FashionMnist.TrainingCount);
        var training = FashionMnist.ReadTraining(options.DataFolder);
        var test = FashionMnist.ReadTest(options.DataFolder);
        var reference = training.Slice(FashionMnist.TrainingCount, training.Count - FashionMnist.TrainingCount);

        var weights = ClassifierTrainer.Train(
            training.Slice(0, options.TrainingImages),
            new ClassifierTrainingOptions(options.Epochs, options.Seed) { Schedule = options.LearningRate, Rounding = options.Rounding }, progress, cancel);

        var onnx = ClassifierFile.Write(weights, Metadata(options));
        using var classifier = Classifier.Load(onnx, DemoAssets.ClassifierFile);
        var served = classifier.Predict(test.Pixels);
        var difference = LargestDifference(served, weights, test);
        if (!(difference <= Tolerance))
        {
            throw new DemoDataException($"ONNX Runtime and TorchSharp differ by {difference:g3}; at most {Tolerance:g1} is allowed. Nothing was written.");
        }

        var referenceOutputs = classifier.Predict(reference.Pixels);
        return new DemoModelReport(
            Accuracy(served, test.Labels),
            MeanConfidence(served),
            Accuracy(referenceOutputs, reference.Labels),
            difference,
            onnx.Length,
            WriteFiles(options, onnx, referenceOutputs, reference.Labels));
    }

    private static List<string> WriteFiles(DemoModelOptions options, byte[] onnx, float[] referenceOutputs, ReadOnlySpan<byte> referenceLabels)
    {
        Directory.CreateDirectory(options.OutputFolder);
        var modelPath = Path.Combine(options.OutputFolder, DemoAssets.ClassifierFile);
        File.WriteAllBytes(modelPath, onnx);
        var referencePath = Path.Combine(options.OutputFolder, DemoAssets.ReferenceFile);
        using (var file = File.Create(referencePath))
        {
            ReferenceFile.Write(file, referenceOutputs, referenceLabels, Classifier.ClassCount);
        }

        return [modelPath, referencePath, .. CopyTestSet(options)];
    }

    private static Dictionary<string, string> Metadata(DemoModelOptions options)
    {
        var metadata = Facts(options);
        if (options.LearningRatePolicy is { } policy)
        {
            metadata["learning_rate_policy"] = policy;
        }

        foreach (var (key, value) in options.Rounding?.Facts() ?? [])
        {
            metadata[key] = value;
        }

        return metadata;
    }

    private static Dictionary<string, string> Facts(DemoModelOptions options) => new(StringComparer.Ordinal)
    {
        ["data"] = "Fashion-MNIST (arXiv 1708.07747), MIT licence",
        ["training_images"] = options.TrainingImages.ToString(CultureInfo.InvariantCulture),
        ["epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture),
        ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    private static double LargestDifference(float[] served, ClassifierWeights weights, LabelledImages images)
    {
        using var network = new ClassifierNetwork();
        network.LoadWeights(weights);
        network.eval();
        using var noGradient = no_grad();
        var largest = 0.0;
        for (var start = 0; start < images.Count; start += 1000)
        {
            using var scope = NewDisposeScope();
            var part = images.Slice(start, Math.Min(1000, images.Count - start));
            var input = tensor(part.Pixels.ToArray(), ScalarType.Byte).view(-1, 1, LabelledImages.Side, LabelledImages.Side).to(ScalarType.Float32).div_(255);
            var expected = network.forward(input).softmax(1).data<float>();
            for (var i = 0; i < expected.Count; i++)
            {
                // NaN must not pass for agreement.
                var difference = Math.Abs(expected[i] - served[(start * Classifier.ClassCount) + i]);
                largest = difference <= largest ? largest : difference;
            }
        }

        return largest;
    }

    internal static double Accuracy(float[] probabilities, ReadOnlySpan<byte> labels)
    {
        var right = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            right += TensorPrimitives.IndexOfMax(Row(probabilities, i)) == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }

    private static double MeanConfidence(float[] probabilities)
    {
        var sum = 0.0;
        var rows = probabilities.Length / Classifier.ClassCount;
        for (var i = 0; i < rows; i++)
        {
            sum += TensorPrimitives.Max(Row(probabilities, i));
        }

        return sum / rows;
    }

    private static ReadOnlySpan<float> Row(float[] probabilities, int row) => probabilities.AsSpan(row * Classifier.ClassCount, Classifier.ClassCount);

    private static IEnumerable<string> CopyTestSet(DemoModelOptions options)
    {
        foreach (var name in (string[])["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
        {
            var (from, to) = (Path.Combine(options.DataFolder, name), Path.Combine(options.OutputFolder, name));
            if (File.Exists(from) && !File.Exists(to))
            {
                File.Copy(from, to);
                yield return to;
            }
        }
    }
}
