using AccuracyMonitor.Core;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>The rivals: every method that needs nothing in production but softmax outputs.</summary>
public static class LabelFreeEstimators
{
    /// <summary>Fits all of them, in the order of docs/science/label-free-estimators.md.</summary>
    /// <param name="reference">At least one row.</param>
    /// <exception cref="ArgumentException">No row, lengths that do not go together, or a label or a probability out of range.</exception>
    public static IReadOnlyList<ILabelFreeEstimator> Fit(ReferenceSet reference)
    {
        var labelled = new LabelledReference(reference);
        var temperature = Temperature.Fit(labelled);
        return
        [
            new AverageConfidence(labelled),
            new ScaledConfidence(labelled, temperature),
            new DifferenceOfConfidences(labelled),
            ThresholdedConfidence.OfMaximum(labelled),
            ThresholdedConfidence.OfNegativeEntropy(labelled, temperature),
            new ImportanceReweighting(labelled),
            new ConfidenceBasedEstimation(labelled),
            new OptimalTransport(labelled),
            new ThresholdedTransport(labelled),
            new Mandoline(labelled),
            ScoreRegression.OfNuclearNorm(labelled),
            ScoreRegression.OfMaNo(labelled),
            new MeanCalibratedScore(labelled),
        ];
    }
}
