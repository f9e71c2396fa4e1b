namespace AccuracyMonitor.Storage;

/// <summary>How much of what has ended is kept.</summary>
/// <param name="Before">Ended requests of predictions made before it, buckets that started before it, and entries of the audit trail are forgotten.</param>
public sealed record RetentionBounds(DateTimeOffset Before)
{
    /// <summary>Decisions against a challenger that are kept of each model version. Promotions are all kept: the next one's threshold depends on their
    /// number.</summary>
    public const int KeptRefusals = 1000;

    /// <summary>Entries of the audit trail about labels that are kept. Apart from the others: whoever may label makes as many as he likes.</summary>
    public const int KeptLabelAudits = 80_000;

    /// <summary>Other entries of the audit trail that are kept.</summary>
    public const int KeptAudits = 20_000;

    /// <summary>Bytes that the pages in use may have. Beyond it the oldest that has ended goes, whatever its age. 0: no bound.</summary>
    public long MaxBytes { get; init; }

    /// <summary>Newest monitors of each model version that are kept beside the champion, and activations that a roll-back can return to, 1–10,000.</summary>
    public int Monitors { get; init; } = 20;
}
