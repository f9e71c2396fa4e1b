namespace AccuracyMonitor.Runs;

/// <summary>A table of a run's summary, as text for whichever display.</summary>
/// <param name="Header">Column names; rows have as many cells.</param>
internal sealed record SummaryTable(string Title, string[] Header, IReadOnlyList<string[]> Rows);
