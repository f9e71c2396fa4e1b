namespace AccuracyMonitor.Capture;

/// <summary>What capture takes over from the intake behind it.</summary>
/// <param name="MaxBatchRows">Most rows that are handed over together; an answer with more is handed over in parts.</param>
public sealed record CaptureOptions(int MaxBatchRows);
