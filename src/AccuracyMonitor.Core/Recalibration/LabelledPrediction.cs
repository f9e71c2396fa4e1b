namespace AccuracyMonitor.Core.Recalibration;

/// <summary>One labelled prediction as input of recalibration.</summary>
/// <param name="Key">Stable identity: a keyed hash of the prediction id where somebody else chooses the ids. It
/// determines the cross-fitting fold, so a fold never depends on order.</param>
/// <param name="Probabilities">Softmax vector, length K.</param>
/// <param name="PredictedClass">argmax, 0…K−1.</param>
/// <param name="MonitorLogit">Logit of the ensemble before any head; finite.</param>
/// <param name="Correct">Was the predicted class the true one?</param>
/// <param name="Weight">1/π, finite and positive.</param>
public readonly record struct LabelledPrediction(
    string Key, float[] Probabilities, int PredictedClass, double MonitorLogit, bool Correct, double Weight);
