namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Where a row is in a <see cref="TraceBuilder"/>.</summary>
internal readonly record struct TraceRow(string Condition, int Index);
