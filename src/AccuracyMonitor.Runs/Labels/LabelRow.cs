using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>A row of a file of labels that names a prediction and a class.</summary>
internal sealed record LabelRow(RowPlace Place, PredictionRef Prediction, ClassChoice Class)
{
    /// <summary>Where later rows say the same. What becomes of the row becomes of them.</summary>
    public IReadOnlyList<RowPlace> Repeats { get; init; } = [];
}

/// <summary>Where a row stands.</summary>
internal readonly record struct RowPlace(string Path, string Unit, long Number)
{
    public override string ToString() => $"{Path}: {Unit} {Number}";
}

/// <summary>A row that is not applied.</summary>
/// <param name="Field">That is wrong.</param>
internal sealed record RejectedRow(RowPlace Place, string Field, string Why)
{
    public override string ToString() => $"{Place}: {Field}: {Why}";
}

/// <summary>What a file of labels holds.</summary>
internal sealed record LabelFileContent
{
    public required IReadOnlyList<LabelRow> Rows { get; init; }

    public required IReadOnlyList<RejectedRow> Rejected { get; init; }

    /// <summary>Rows whose label is left empty.</summary>
    public required long Empty { get; init; }

    /// <summary>Whether the file shows what the model had answered, so that whoever labelled in it could see that.</summary>
    public required bool Revealed { get; init; }

    public long Count => Rows.Sum(r => 1L + r.Repeats.Count) + Rejected.Count + Empty;
}
