namespace AccuracyMonitor.Storage.Labelling;

/// <summary>How an answer was given, as far as it is known.</summary>
public sealed record AnswerConditions
{
    public static AnswerConditions Unknown { get; } = new();

    /// <summary>When the annotator was shown the input, by the clock of his tool.</summary>
    public DateTimeOffset? ShownAt { get; init; }

    /// <summary>When he answered, by the same clock.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Whether the annotator could see the model's answer.</summary>
    public bool? Revealed { get; init; }

    /// <summary>What took the answer, such as <c>page</c>; empty when it is not known. At most 100 characters.</summary>
    public string Tool { get; init; } = "";

    /// <summary>Version of the class names by which the class was given or shown; empty: none. At most 64 characters.</summary>
    public string ClassNamesVersion { get; init; } = "";

    /// <summary>Without times that cannot be true: they come from a clock that nobody here controls, and the label is worth more than they are.</summary>
    /// <param name="now">The time of the store.</param>
    /// <returns>What is kept, and what was wrong; empty when nothing was.</returns>
    internal (AnswerConditions Kept, string Problem) Checked(DateTimeOffset now)
    {
        var latest = now + LabellingLimits.ClockTolerance;
        var problem = (ShownAt, AnsweredAt) switch
        {
            var (shown, _) when shown > latest => Later("shown_at", shown.Value, latest),
            var (_, answered) when answered > latest => Later("answered_at", answered.Value, latest),
            var (shown, answered) when shown > answered => $"answered_at is {answered.Value:O}, before shown_at {shown.Value:O}",
            _ => null,
        };
        return problem is null ? (this, "") : (this with { ShownAt = null, AnsweredAt = null }, $"{problem}; the label was taken without these times");
    }

    /// <param name="known">It is known that the annotator saw the model's answer.</param>
    internal AnswerConditions AndRevealed(bool known) => known ? this with { Revealed = true } : this;

    private static string Later(string field, DateTimeOffset value, DateTimeOffset latest) => $"{field} is {value:O}, must not be after {latest:O}";
}
