namespace AccuracyMonitor.Runs;

/// <summary>How far a stream is.</summary>
/// <param name="Condition">Name of the current condition.</param>
/// <param name="ConditionIndex">Its position in the stream, from 0. A condition can come more than once.</param>
/// <param name="Predictions">Sent so far.</param>
/// <param name="Labels">Given so far.</param>
internal readonly record struct RunMoment(string Condition, int ConditionIndex, long Predictions, long Labels);
