using System.Numerics.Tensors;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;

namespace AccuracyMonitor.Demo.Tests;

/// <summary>The classifier that ships, and how often it is right.</summary>
internal static class ServedModel
{
    public static int CountRight(LabelledImages images)
    {
        using var classifier = Classifier.Load(DemoAssets.Classifier());
        return CountRight(classifier, images);
    }

    public static int CountRight(Classifier classifier, LabelledImages images)
    {
        var probabilities = classifier.Predict(images.Pixels);
        var right = 0;
        for (var i = 0; i < images.Count; i++)
        {
            right += TensorPrimitives.IndexOfMax<float>(probabilities.AsSpan(i * Classifier.ClassCount, Classifier.ClassCount)) == images.Labels[i] ? 1 : 0;
        }

        return right;
    }
}
