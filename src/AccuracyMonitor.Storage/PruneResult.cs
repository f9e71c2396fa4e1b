namespace AccuracyMonitor.Storage;

/// <summary>What one call removed.</summary>
/// <param name="More">The call's bound was reached: another call may find more.</param>
public sealed record PruneResult(int Requests, int Buckets, bool More);
