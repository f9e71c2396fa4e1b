namespace AccuracyMonitor.Core.Agreement;

/// <summary>How an annotator answered gold items: labels and opinions, as he gave them.</summary>
/// <param name="Error">Share of his answers that are wrong.</param>
public sealed record AnnotatorGold(string Annotator, GoldRate Error);

/// <summary>How often one class was answered where another is true.</summary>
public sealed record Confusion(int TrueClass, int AnsweredClass, int Answers);

/// <summary>
/// What gold items say about labels. Unlike second opinions they also show mistakes that all annotators share, and how often a wrong label is the model's.
/// </summary>
public sealed record GoldQuality
{
    /// <summary>Wrong answers that are told apart by class: the most frequent ones.</summary>
    public const int MaxConfusions = 100;

    /// <summary>Share of wrong labels.</summary>
    public required GoldRate? Error { get; init; }

    /// <summary>e₁: share of wrong labels where the model is right.</summary>
    public required GoldRate? WhereRight { get; init; }

    /// <summary>c: share of labels equal to the prediction where the model is wrong.</summary>
    public required GoldRate? WhereWrong { get; init; }

    /// <summary>The one with most answers first.</summary>
    public required IReadOnlyList<AnnotatorGold> Annotators { get; init; }

    /// <summary>Of labels and opinions, the most frequent first.</summary>
    public required IReadOnlyList<Confusion> Confusions { get; init; }

    /// <param name="level">Error level of the intervals, (0,1).</param>
    public static GoldQuality Of(IReadOnlyList<GoldAnswer> answers, double level)
    {
        ArgumentNullException.ThrowIfNull(answers);
        GoldAnswer[] labels = [.. answers.Where(a => a.IsLabel)];
        return new GoldQuality
        {
            Error = GoldRate.Of(labels, a => a.IsWrong, level),
            WhereRight = GoldRate.Of(labels.Where(a => a.ModelIsRight), a => a.IsWrong, level),
            WhereWrong = GoldRate.Of(labels.Where(a => !a.ModelIsRight), a => a.Answer.Class == a.PredictedClass, level),
            Annotators =
            [
                .. answers.GroupBy(a => a.Answer.Annotator, StringComparer.Ordinal)
                    .Select(g => new AnnotatorGold(g.Key, GoldRate.Of(g, a => a.IsWrong, level)!))
                    .OrderByDescending(a => a.Error.Answers).ThenBy(a => a.Annotator, StringComparer.Ordinal),
            ],
            Confusions =
            [
                .. answers.Where(a => a.IsWrong).CountBy(a => (a.TrueClass, a.Answer.Class))
                    .OrderByDescending(c => c.Value).ThenBy(c => c.Key)
                    .Take(MaxConfusions).Select(c => new Confusion(c.Key.TrueClass, c.Key.Class, c.Value)),
            ],
        };
    }
}
