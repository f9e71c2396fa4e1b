using System.Numerics.Tensors;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>ac</c>: the mean of the largest softmax (Hendrycks and Gimpel 2017, "A baseline for detecting misclassified and out-of-distribution
/// examples in neural networks", section 2, read as an accuracy). Off by the model's overconfidence.
/// </summary>
internal sealed class AverageConfidence(LabelledReference reference) : LabelFreeEstimator(reference.ClassCount)
{
    public static double Of(SoftmaxOutputs window)
    {
        var sum = 0.0;
        for (var i = 0; i < window.Count; i++)
        {
            sum += TensorPrimitives.Max(window.Row(i));
        }

        return sum / window.Count;
    }

    protected override double? OfRows(SoftmaxOutputs window) => Of(window);
}
