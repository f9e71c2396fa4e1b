namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>doc</c>: reference accuracy plus the change of the mean confidence (Guillory, Shankar, Ebrahimi, Darrell and Schmidt 2021,
/// "Predicting with confidence on unseen distributions"), with coefficient 1: known shifts to regress on are what a sidecar does not have.
/// </summary>
internal sealed class DifferenceOfConfidences(LabelledReference reference) : LabelFreeEstimator(reference.ClassCount)
{
    private readonly double _gap = reference.Accuracy - AverageConfidence.Of(reference.Outputs);

    protected override double? OfRows(SoftmaxOutputs window) => AverageConfidence.Of(window) + _gap;
}
