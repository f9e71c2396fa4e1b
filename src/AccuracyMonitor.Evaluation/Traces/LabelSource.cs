namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Labels in a file of their own, in any trace format but .npz: joined to predictions by id.</summary>
/// <param name="Path">Of the file or the partitioned folder.</param>
internal sealed record LabelSource(string Path)
{
    public const string InclusionColumn = "inclusion_probability";

    public string IdColumn { get; init; } = "id";

    public string LabelColumn { get; init; } = "label";

    /// <summary>Of delimited text; null: told by the header.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether the file is the one with the predictions. Its rows may then lack an id, and of several labels of an id the last one counts, as
    /// everywhere in a log.</summary>
    public bool IsTrace { get; init; }
}
