using AccuracyMonitor.Core;

namespace AccuracyMonitor.Training.Networks;

/// <summary>Standard error of the mean score as an estimate of accuracy, from a finite number of labels.</summary>
internal static class CalibrationError
{
    /// <summary>√(Σ wᵢ²(pᵢ − yᵢ)²) / Σ wᵢ, and at least its value for labels that are all right with half a sample of the other outcome added, as for a
    /// proportion with a Jeffreys prior.</summary>
    /// <param name="logits">Of the labels, by monitors that did not learn from them.</param>
    /// <param name="data">The labels.</param>
    public static double Of(ReadOnlySpan<double> logits, TrainingData data)
    {
        var (sum, total, squares) = (0.0, 0.0, 0.0);
        for (var i = 0; i < logits.Length; i++)
        {
            double weight = data.Weights[i];
            sum += Math.Pow(weight * (Logistic.Sigmoid(logits[i]) - data.Correct[i]), 2);
            total += weight;
            squares += weight * weight;
        }

        // Kish's effective number of labels.
        var effective = total * total / squares;
        return Math.Max(Math.Sqrt(sum) / total, Math.Sqrt(0.5 * (effective + 0.5)) / (effective + 1) / Math.Sqrt(effective + 2));
    }
}
