using System.Numerics.Tensors;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>ts-ac</c>: mean confidence after temperature scaling (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural
/// networks", section 4.2).
/// </summary>
internal sealed class ScaledConfidence(LabelledReference reference, Temperature temperature)
    : LabelFreeEstimator(reference.ClassCount)
{
    protected override double? OfRows(SoftmaxOutputs window)
    {
        var row = new double[window.ClassCount];
        var sum = 0.0;
        for (var i = 0; i < window.Count; i++)
        {
            temperature.Apply(window.Row(i), row);
            sum += TensorPrimitives.Max<double>(row);
        }

        return sum / window.Count;
    }
}
