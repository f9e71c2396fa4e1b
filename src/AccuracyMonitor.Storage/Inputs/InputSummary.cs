namespace AccuracyMonitor.Storage.Inputs;

/// <summary>A stored input without its content.</summary>
public sealed record InputSummary(string ContentType, long Bytes, DateTimeOffset AttachedAt);
