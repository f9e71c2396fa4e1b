using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>How many of something, with the first few to show.</summary>
internal sealed record Counted(long Count, IReadOnlyList<string> Examples)
{
    public const int MostExamples = 3;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Count:N0} ({string.Join(", ", Examples)}{(Count > Examples.Count ? ", …" : "")})");
}

/// <summary>What came of the rows of a file of labels.</summary>
internal sealed record LabelOutcome
{
    public required string Path { get; init; }

    /// <summary>Whether a row has a <see cref="LabelSource.InclusionColumn"/>.</summary>
    public required bool HasInclusion { get; init; }

    /// <summary>Ids of the file.</summary>
    public required long Ids { get; init; }

    /// <summary>Ids whose prediction has a label now.</summary>
    public required long Joined { get; init; }

    /// <summary>Ids without a label.</summary>
    public required long Empty { get; init; }

    /// <summary>Rows whose id has the same label on an earlier row.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Rows with a label and no id.</summary>
    public required long WithoutId { get; init; }

    /// <summary>Ids of no prediction.</summary>
    public required Counted Unknown { get; init; }

    /// <summary>Ids with several labels. None of them counts.</summary>
    public required Counted Contradictory { get; init; }

    /// <summary>Labels that are no class. None of them counts.</summary>
    public required Counted Outside { get; init; }

    /// <summary>What a label may be.</summary>
    public required string Range { get; init; }

    /// <summary>Labels that differ from the name of a class only in case. They count.</summary>
    public required long OtherCase { get; init; }

    /// <summary>Id of a prediction, to compare with; null: there is none.</summary>
    public required string? AnyPrediction { get; init; }

    /// <summary>Whether the labels are beside the predictions.</summary>
    public required bool IsTrace { get; init; }

    public string Describe() => IsTrace
        ? string.Create(CultureInfo.InvariantCulture, $"{Joined:N0}, beside the predictions")
        : string.Create(CultureInfo.InvariantCulture, $"{Path}: {Joined:N0} joined by id, {Empty:N0} of {Ids:N0} ids without a label");

    public IEnumerable<string> Warnings()
    {
        if (Unknown.Count > 0)
        {
            yield return $"ids in {Path} that no prediction has: {Unknown}; predictions have ids such as '{AnyPrediction}'. These labels do not count. "
                + "Spreadsheets change long numbers, leading zeros and dates: import the column of ids as text.";
        }

        if (Contradictory.Count > 0)
        {
            yield return $"ids with different labels: {Contradictory}. None of these labels counts; keep one row of each.";
        }

        if (Outside.Count > 0)
        {
            yield return $"labels that are no class: {Outside}; expected {Range}. They do not count.";
        }

        if (OtherCase > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{OtherCase:N0} labels differ from the name of a class in upper and lower case only, and are taken for it.");
        }

        if (Duplicates > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Duplicates:N0} rows repeat a label of an earlier row; each id counts once.");
        }

        if (WithoutId > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{WithoutId:N0} labels have no id and do not count.");
        }
    }
}
