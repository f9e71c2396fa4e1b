namespace AccuracyMonitor.Core.Windows;

/// <summary>One prediction as it is added to a window.</summary>
/// <param name="Score">g: P(prediction is correct), [0,1].</param>
/// <param name="Confidence">The deployed model's own confidence, max softmax, [0,1].</param>
/// <param name="Covered">True if its inclusion probability was positive, so that it belongs to the population that the labels represent.
/// False when the hourly cap is used up, and under a policy without inclusion probabilities.</param>
public readonly record struct PredictionPoint(double Score, double Confidence, bool Covered)
{
    /// <summary>False for NaN too, which would stay in the window's sums.</summary>
    public bool IsInRange => Score is >= 0 and <= 1 && Confidence is >= 0 and <= 1;
}
