namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>cott</c>: the share of rows whose cost of <see cref="ClassTransport"/> is below the <see cref="ErrorCut"/> of the reference rows' own
/// costs (Lu et al. 2023, "Characterizing out-of-distribution error via optimal transport", COTT).
/// </summary>
internal sealed class ThresholdedTransport : LabelFreeEstimator
{
    private readonly int[] _labelCounts;
    private readonly ErrorCut _cut;

    public ThresholdedTransport(LabelledReference reference)
        : base(reference.ClassCount)
    {
        _labelCounts = OptimalTransport.LabelCounts(reference);
        _cut = new ErrorCut(Scores(reference.Outputs), reference.Errors);
    }

    protected override double? OfRows(SoftmaxOutputs window) => Scores(window).Average(_cut.Right);

    private float[] Scores(SoftmaxOutputs window) => Array.ConvertAll(ClassTransport.Costs(window, _labelCounts), c => (float)-c);
}
