using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Audit;

/// <summary>One change.</summary>
public sealed record AuditEntry
{
    /// <summary>Place in the trail, from 1. Never given twice.</summary>
    public required long Sequence { get; init; }

    public required Origin Origin { get; init; }

    public required AuditAction Action { get; init; }

    /// <summary>The model version that was changed; empty names: all of them.</summary>
    public required ModelKey Key { get; init; }

    /// <summary>At most 500 characters. Names no prediction: a prediction can be forgotten, and the trail cannot.</summary>
    public required string Detail { get; init; }
}
