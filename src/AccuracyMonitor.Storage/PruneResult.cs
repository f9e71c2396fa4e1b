namespace AccuracyMonitor.Storage;

/// <summary>What one call removed.</summary>
/// <param name="More">The call's bound was reached: another call may find more.</param>
public sealed record PruneResult(int Requests, int Buckets, bool More)
{
    /// <summary>Inputs of ended requests.</summary>
    public int Inputs { get; init; }

    /// <summary>Softmax vectors of ended requests that are too young to be forgotten whole.</summary>
    public int Vectors { get; init; }

    public int Monitors { get; init; }

    public int Decisions { get; init; }

    /// <summary>Versions of which nothing but counts was left.</summary>
    public int Versions { get; init; }

    /// <summary>Entries of the audit trail.</summary>
    public int Audits { get; init; }

    /// <summary>Bytes in use beyond <see cref="RetentionBounds.MaxBytes"/> after the call.</summary>
    public long ExcessBytes { get; init; }
}
