using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Ternary;

/// <summary>One variant of a monitor, judged on outputs that were not used for fitting.</summary>
/// <param name="Name">For a person to read.</param>
/// <param name="HeldOutLoss">Logistic loss of the calibrated ensemble on the part of the reference set that stops and calibrates, nats.</param>
/// <param name="Test">On the test set.</param>
/// <param name="WeightBytes">Of the weights alone.</param>
/// <param name="PayloadBytes">Weights, biases and scales.</param>
public sealed record TernaryForm(string Name, double HeldOutLoss, ScoreMetrics Test, int WeightBytes, int PayloadBytes)
{
    /// <summary>|label-free estimate of the accuracy − the truth| on the test set.</summary>
    public double EstimateError => Math.Abs(Test.MeanScore - Test.Accuracy);
}
