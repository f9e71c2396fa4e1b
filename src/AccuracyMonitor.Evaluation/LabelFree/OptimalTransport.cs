namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>
/// <c>cot</c>: one less the mean cost of <see cref="ClassTransport"/> to the reference set's label marginal (Lu et al. 2023,
/// "Characterizing out-of-distribution error via optimal transport", NeurIPS). Assumes that the marginal of the labels has not moved.
/// </summary>
internal sealed class OptimalTransport(LabelledReference reference) : LabelFreeEstimator(reference.ClassCount)
{
    private readonly int[] _labelCounts = LabelCounts(reference);

    public static int[] LabelCounts(LabelledReference reference)
    {
        var counts = new int[reference.ClassCount];
        foreach (var label in reference.Set.Labels)
        {
            counts[label]++;
        }

        return counts;
    }

    protected override double? OfRows(SoftmaxOutputs window) => 1 - ClassTransport.Costs(window, _labelCounts).Average();
}
