namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>What one refresh found of one model version.</summary>
/// <param name="Model">The model version as a whole.</param>
/// <param name="Windows">Every window of every series. The windows of one series follow each other, the shortest first.</param>
/// <param name="Running">Its accuracy since the first label.</param>
internal sealed record EstimatedModel(PublishedModel Model, IReadOnlyList<PublishedEstimate> Windows, IReadOnlyList<PublishedRunning> Running);
