namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Asks for the current labels that one annotator gave.</summary>
public sealed record AnnotatorQuery
{
    /// <summary>As the labels name him; not empty.</summary>
    public required string Annotator { get; init; }

    /// <summary>Only labels given at or after it.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Only those of this model; null or empty: of all.</summary>
    public string? Model { get; init; }

    /// <summary>Only those of this version; null or empty: of all.</summary>
    public string? Version { get; init; }

    /// <summary>Bound of the work of one call, 1–1,000.</summary>
    public int Limit { get; init; } = 1000;
}
