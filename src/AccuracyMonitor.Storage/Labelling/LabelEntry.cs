namespace AccuracyMonitor.Storage.Labelling;

/// <summary>One entry of a request's label history.</summary>
/// <param name="Label">0…K−1; null is a retraction.</param>
public sealed record LabelEntry(long Sequence, int? Label, string Annotator, DateTimeOffset LabelledAt)
{
    public AnswerConditions Conditions { get; init; } = AnswerConditions.Unknown;
}
