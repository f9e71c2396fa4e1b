namespace AccuracyMonitor.Storage.Labelling;

/// <summary>A second or third opinion about a request that has a label.</summary>
/// <param name="Number">2 or 3.</param>
/// <param name="Label">0…K−1; null: the annotator skipped.</param>
public sealed record Opinion(int Number, int? Label, string Annotator, DateTimeOffset GivenAt, AnswerConditions Conditions);
