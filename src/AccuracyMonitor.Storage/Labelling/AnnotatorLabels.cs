namespace AccuracyMonitor.Storage.Labelling;

/// <summary>The current labels that one annotator gave.</summary>
/// <param name="Annotator">Empty: nobody was named.</param>
/// <param name="Revealed">Those given with the model's answer in view.</param>
/// <param name="Blind">Those given without it. The rest is not known.</param>
/// <param name="MeanTime">From shown to answered; null when no label has both times.</param>
public sealed record AnnotatorLabels(string Annotator, long Labels, long Revealed, long Blind, TimeSpan? MeanTime);
