namespace AccuracyMonitor.Runs;

/// <summary>The state of a run, as shown.</summary>
internal sealed record RunView
{
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Of the whole run, as far as it can be told beforehand.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>What the stream consists of: "images", "conditions".</summary>
    public required string Subject { get; init; }

    /// <summary>Names of the stretches of the stream, in order.</summary>
    public required IReadOnlyList<string> Story { get; init; }

    /// <summary>Which of them is now, from 0.</summary>
    public required int ConditionIndex { get; init; }

    /// <summary>What is particular about it, in words.</summary>
    public required string Detail { get; init; }

    public required IReadOnlyList<RunPoint> Points { get; init; }

    /// <summary>Predictions so far.</summary>
    public required long Predictions { get; init; }

    /// <summary>Label requests so far, and how many of them wait for an answer.</summary>
    public required long Requests { get; init; }

    public required long Pending { get; init; }

    public required AnnotatorCounts Annotator { get; init; }

    public string Condition => Story[ConditionIndex];

    public RunPoint? Latest => Points.Count > 0 ? Points[^1] : null;

    public double LabelShare => Predictions == 0 ? 0 : (double)Requests / Predictions;

    /// <summary>How often the monitor was replaced.</summary>
    public int MonitorChanges => CountChanges(Points);

    public static int CountChanges(IReadOnlyList<RunPoint> points) =>
        points.Zip(points.Skip(1)).Count(pair => !string.Equals(pair.First.MonitorVersion, pair.Second.MonitorVersion, StringComparison.Ordinal));
}
