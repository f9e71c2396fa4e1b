namespace AccuracyMonitor.Client;

/// <summary>The sidecar wants the label of a prediction: keep its input.</summary>
public sealed class LabelRequestedEventArgs(string predictionId, float correctnessScore) : EventArgs
{
    /// <summary>As it was given to <see cref="MonitorClient.Observe"/>.</summary>
    public string PredictionId { get; } = predictionId;

    /// <summary>P(the predicted class is right), 0–1.</summary>
    public float CorrectnessScore { get; } = correctnessScore;
}
