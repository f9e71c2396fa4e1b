namespace AccuracyMonitor.Core.Windows;

/// <summary>One prediction as a window counts it.</summary>
/// <param name="Score">g: P(prediction is right), [0,1].</param>
/// <param name="Confidence">The deployed model's own confidence, max softmax, [0,1].</param>
/// <param name="Covered">Had a positive inclusion probability: belongs to the population that the labels speak for. False once the hourly
/// cap is hit, and under a policy that has no inclusion probability.</param>
public readonly record struct PredictionPoint(double Score, double Confidence, bool Covered)
{
    /// <summary>False for a NaN too, which would stay in a window's sums for good.</summary>
    public bool IsInRange => Score is >= 0 and <= 1 && Confidence is >= 0 and <= 1;
}
