namespace AccuracyMonitor.Scoring;

/// <summary>How a monitor is loaded.</summary>
/// <param name="Provider">Where to compute.</param>
/// <param name="IntraOpThreads">Threads of one scoring call, 1 or more. One is best: a batch is too small to share out.</param>
/// <param name="ClassCount">K that the monitor must have; null takes any.</param>
public sealed record ScorerOptions(ExecutionProvider Provider = ExecutionProvider.Auto, int IntraOpThreads = 1, int? ClassCount = null);
