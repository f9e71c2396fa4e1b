namespace AccuracyMonitor.Runs;

/// <summary>Where a run is shown: a live terminal, or lines of text.</summary>
internal interface IRunDisplay
{
    /// <summary>One line: a step of the set-up, a place to look.</summary>
    void Say(string line);

    /// <summary>Shows the run until it ends.</summary>
    /// <param name="view">The newest state; called again and again.</param>
    /// <param name="running">Ends when the run does; its failure is the caller's.</param>
    Task ShowAsync(Func<RunView> view, Task running, CancellationToken cancel);

    void ShowSummary(IEnumerable<SummaryTable> tables);
}
