using AccuracyMonitor.Core.Labelling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A request with its current label, as training learns from it.</summary>
/// <param name="Label">0…K−1.</param>
/// <param name="LabelSequence">Place of the label in the history over all requests.</param>
public sealed record LabelledRequest(LabelRequest Request, int Label, long LabelSequence, DateTimeOffset LabelledAt);
