namespace AccuracyMonitor.Cli.Demo;

/// <summary>Where the demo tells its story: a live terminal, or lines of text.</summary>
internal interface IDemoDisplay
{
    /// <summary>One line: a step of the set-up, a place to look.</summary>
    void Say(string line);

    /// <summary>Shows the run until it ends.</summary>
    /// <param name="view">The newest state; called again and again.</param>
    /// <param name="running">Ends when the run does; its failure is the caller's.</param>
    Task ShowAsync(Func<DemoView> view, Task running, CancellationToken cancel);

    void ShowSummary(RunSummary summary);
}

/// <summary>The state of a run, as shown.</summary>
internal sealed record DemoView
{
    public required TimeSpan Elapsed { get; init; }

    public required TimeSpan Total { get; init; }

    public required IReadOnlyList<Regime> Story { get; init; }

    public required Regime Regime { get; init; }

    public required IReadOnlyList<RunPoint> Points { get; init; }

    /// <summary>Predictions so far.</summary>
    public required long Predictions { get; init; }

    /// <summary>Label requests so far, and how many of them wait for an answer.</summary>
    public required long Requests { get; init; }

    public required long Pending { get; init; }

    public required AnnotatorCounts Annotator { get; init; }

    public RunPoint? Latest => Points.Count > 0 ? Points[^1] : null;

    public double LabelShare => Predictions == 0 ? 0 : (double)Requests / Predictions;

    /// <summary>How often the monitor was replaced.</summary>
    public int MonitorChanges => CountChanges(Points);

    public static int CountChanges(IReadOnlyList<RunPoint> points) =>
        points.Zip(points.Skip(1)).Count(pair => !string.Equals(pair.First.MonitorVersion, pair.Second.MonitorVersion, StringComparison.Ordinal));
}
