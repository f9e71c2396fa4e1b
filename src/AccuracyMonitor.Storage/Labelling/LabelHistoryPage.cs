using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>Labels that follow a <see cref="LabelPosition"/>. Read from one state of the database.</summary>
public sealed record LabelHistoryPage
{
    /// <summary>
    /// Number of the open database. It grows when a damaged database is set aside and a new one is started, whose sequences begin at 1. When it
    /// differs from the query's, the page is empty and the reader starts at 0.
    /// </summary>
    public required int Database { get; init; }

    /// <summary>Sequence of the last entry of the history, over all model versions.</summary>
    public required long Head { get; init; }

    /// <summary>
    /// Least sequence of a label that the reader has counted and that was corrected or retracted since <see cref="LabelPosition.Seen"/>. Then the page
    /// has no labels: the reader goes back to a position before this sequence. Null: there is none.
    /// </summary>
    public long? Changed { get; init; }

    /// <summary>Current labels of the probability sample by ascending sequence. A corrected label has the sequence of its correction.</summary>
    public IReadOnlyList<HistoryLabel> Labels { get; init; } = [];

    /// <summary>No label follows these at <see cref="Head"/>.</summary>
    public bool IsLast { get; init; }
}

/// <summary>A current label as alarms need it, without the softmax vector.</summary>
/// <param name="Sequence">Place in the history over all model versions, from 1.</param>
/// <param name="LabelledAt">When it was given.</param>
/// <param name="Series">The model version and the segment as it was kept; without predicted class.</param>
/// <param name="PredictedClass">0…K−1.</param>
/// <param name="Decision">What was recorded when the prediction was chosen.</param>
/// <param name="Correct">Does the label name the predicted class?</param>
public sealed record HistoryLabel(
    long Sequence, DateTimeOffset LabelledAt, SeriesKey Series, int PredictedClass, LabelDecision Decision, bool Correct);

/// <summary>What was recorded when a prediction was chosen for labelling.</summary>
/// <param name="Score">g, [0,1].</param>
/// <param name="InclusionProbability">π, (0,1].</param>
/// <param name="MonitorVersion">The monitor that gave g.</param>
public sealed record LabelDecision(double Score, double InclusionProbability, string MonitorVersion);
