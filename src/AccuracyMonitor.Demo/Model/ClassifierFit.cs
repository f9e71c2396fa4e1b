using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;

namespace AccuracyMonitor.Demo.Model;

/// <summary>Trains the demo's classifier on few images until it knows them: for measurements of the training itself.</summary>
public static class ClassifierFit
{
    public const int BatchSize = 128;

    // Held: a rate that falls would end before the images are known.
    private const double LearningRate = 2e-3;

    /// <param name="images">Trained on.</param>
    /// <param name="epochs">Passes over them, at least 1.</param>
    /// <param name="seed">Of weights, order and dropout.</param>
    /// <param name="rounding">Null: single precision.</param>
    /// <param name="progress">Hears of every sixteenth step.</param>
    /// <param name="cancel">Ends it, between two steps.</param>
    /// <returns>Accuracy on the same images, 0–1.</returns>
    public static double Run(
        LabelledImages images, int epochs, long seed, ClassifierRounding? rounding, IProgress<ClassifierProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var weights = ClassifierTrainer.Train(images,
            new ClassifierTrainingOptions(epochs, seed) { BatchSize = BatchSize, Schedule = (_, _) => LearningRate, Rounding = rounding }, progress, cancel);
        using var classifier = Classifier.Load(ClassifierFile.Write(weights, []), DemoAssets.ClassifierFile);
        return DemoModelBuilder.Accuracy(classifier.Predict(images.Pixels), images.Labels);
    }
}
