using System.Globalization;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Model;

namespace AccuracyMonitor.Demo.Attacks;

/// <summary>How the demo's classifier is trained further.</summary>
/// <param name="Epochs">Passes over the images, at least 1.</param>
/// <param name="LearningRate">Adam's, positive; falls as half a cosine.</param>
/// <param name="Seed">Of the order of the images and the dropout masks.</param>
public sealed record AdversarialTrainingOptions(int Epochs = 8, double LearningRate = 1e-3, long Seed = 1);

/// <summary>Trains the demo's classifier further, from its weights, on images and adversarial examples of it with their true classes. Needs libtorch.</summary>
public static class AdversarialTraining
{
    /// <param name="classifierPath">The classifier's ONNX file.</param>
    /// <param name="images">Clean and adversarial ones.</param>
    /// <param name="options">In range.</param>
    /// <param name="progress">Hears of every sixteenth step.</param>
    /// <param name="cancel">Ends it, between two steps.</param>
    /// <returns>The new classifier's ONNX file.</returns>
    /// <exception cref="DemoDataException">Not the demo's classifier.</exception>
    public static byte[] Run(
        string classifierPath, LabelledImages images, AdversarialTrainingOptions options, IProgress<ClassifierProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        var weights = ClassifierTrainer.Train(
            images,
            new ClassifierTrainingOptions(
                options.Epochs, options.Seed)
            { LearningRate = options.LearningRate, Start = ClassifierFile.ReadWeights(classifierPath) },
            progress,
            cancel);
        return ClassifierFile.Write(weights, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["data"] = "Fashion-MNIST (arXiv 1708.07747), MIT licence, with adversarial examples",
            ["adversarial_training_images"] = images.Count.ToString(CultureInfo.InvariantCulture),
            ["adversarial_training_epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
        });
    }
}
