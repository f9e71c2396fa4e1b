namespace AccuracyMonitor.Training;

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">1…MaxEpochs.</param>
/// <param name="MaxEpochs">The most there will be; early stopping ends it sooner.</param>
/// <param name="TrainLoss">Mean logistic loss of the members in training, nats.</param>
/// <param name="HeldOutLoss">Logistic loss of the ensemble on the held-out part, nats.</param>
/// <param name="Improved">This is the best held-out loss so far.</param>
public readonly record struct TrainingProgress(int Epoch, int MaxEpochs, double TrainLoss, double HeldOutLoss, bool Improved);
