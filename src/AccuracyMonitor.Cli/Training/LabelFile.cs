namespace AccuracyMonitor.Cli.Training;

/// <summary>Labels that a monitor is adapted to.</summary>
/// <param name="Trace">With the labels.</param>
/// <param name="Condition">Of the trace.</param>
/// <param name="Count">Labels to learn from.</param>
internal sealed record LabelFile(TraceArgument Trace, string Condition, int Count);
