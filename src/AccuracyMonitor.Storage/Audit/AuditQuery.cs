namespace AccuracyMonitor.Storage.Audit;

/// <summary>Asks for the newest entries that fit.</summary>
public sealed record AuditQuery
{
    /// <summary>Only those of this model; null or empty: of all.</summary>
    public string? Model { get; init; }

    /// <summary>Only those of this version; null or empty: of all.</summary>
    public string? Version { get; init; }

    /// <summary>Only those made at or after it.</summary>
    public DateTimeOffset Since { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Only those before this place in the trail.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>1–10,000.</summary>
    public int Limit { get; init; } = 1000;
}
