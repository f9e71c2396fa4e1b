namespace AccuracyMonitor.Runs.Stress;

/// <summary>Files that <c>stress</c> writes; full paths, null where one is not asked for.</summary>
internal sealed record StressOutputs
{
    /// <summary>The hardened monitor.</summary>
    public string? Harden { get; init; }

    /// <summary>The classifier trained further.</summary>
    public string? Train { get; init; }

    public string? Folder { get; init; }

    public string? Json { get; init; }

    /// <summary>Whether images beside those of the report are attacked.</summary>
    public bool NeedTrainImages => Harden is not null || Train is not null;
}
