using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>A method without labels, fitted to the reference set of one file.</summary>
internal sealed record FittedEstimator(string Name, ILabelFreeEstimator Method)
{
    /// <inheritdoc cref="ILabelFreeEstimator.Estimate"/>
    public double? Estimate(SoftmaxOutputs window) => Method.Estimate(window);
}
