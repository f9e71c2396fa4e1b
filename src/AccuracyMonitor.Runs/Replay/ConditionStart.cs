namespace AccuracyMonitor.Runs.Replay;

/// <summary>How far the stream was when a stretch of it began.</summary>
/// <param name="At">Since the stream began.</param>
/// <param name="Predictions">Sent before it.</param>
/// <param name="Labels">Given before it.</param>
internal sealed record ConditionStart(TimeSpan At, long Predictions, long Labels);
