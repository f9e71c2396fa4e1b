namespace AccuracyMonitor.Training;

/// <summary>Result of a training run, on labels that the weights were not trained on.</summary>
/// <remarks>
/// In pre-training the same held-out labels choose the epoch and fit the calibration. The losses are therefore a little smaller than they would be on
/// fresh labels, and are no estimate of the accuracy of a deployed monitor. The standard error of the calibration that a monitor file states comes from
/// the same labels.
/// </remarks>
/// <param name="Epochs">Epochs of the weights that were kept.</param>
/// <param name="Trained">Samples trained on.</param>
/// <param name="HeldOut">Samples judged on.</param>
/// <param name="HeldOutLoss">Logistic loss of the calibrated ensemble, nats.</param>
/// <param name="HeldOutBrier">Mean squared error of the score.</param>
/// <param name="HeldOutAuroc">P(a right prediction scores above a wrong one), ties counting half; NaN where all are right or all wrong.</param>
public sealed record TrainingReport(
    int Epochs, int Trained, int HeldOut, double HeldOutLoss, double HeldOutBrier, double HeldOutAuroc);
