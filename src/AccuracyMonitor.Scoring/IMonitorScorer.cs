namespace AccuracyMonitor.Scoring;

/// <summary>
/// Gives each softmax vector a correctness score: P(the prediction is right). Immutable once loaded, so that adopting another monitor is one
/// reference swap. Every implementation may be called from several threads; calls then follow one another.
/// </summary>
public interface IMonitorScorer : IDisposable
{
    /// <summary>The monitor's version, as recorded with every decision.</summary>
    string Version { get; }

    /// <summary><c>ensemble</c> or <c>calibrated-score</c>.</summary>
    string Kind { get; }

    /// <summary>K that the monitor reads; null: any.</summary>
    int? ClassCount { get; }

    /// <summary>How many of a row's largest probabilities tell it all that it reads of the row; null: it reads the whole row.</summary>
    int? Largest { get; }

    /// <summary>What is written in the monitor's file; null where there is none.</summary>
    MonitorMetadata? Metadata { get; }

    /// <summary>Scores a batch. Allocates nothing in steady state.</summary>
    /// <param name="probabilities">Row-major count×classes, validated by the caller: finite, not negative, each row summing to about 1.</param>
    /// <param name="count">Rows, 0 or more.</param>
    /// <param name="classes">K.</param>
    /// <param name="logits">Length count: log(g/(1−g)) of the mean score g over the members; finite, precise near 0 and 1.</param>
    /// <param name="disagreements">Length count: standard deviation of the score over the members, [0, 0.5].</param>
    /// <exception cref="ArgumentException">K is not the monitor's, or a span is too short.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    void Score(ReadOnlySpan<float> probabilities, int count, int classes, Span<float> logits, Span<float> disagreements);

    /// <summary><see cref="Score"/> of rows of which only the largest probabilities are known: the same scores.</summary>
    /// <param name="largest">Row-major count×width, each row in falling order; validated by the caller.</param>
    /// <param name="count">Rows, 0 or more.</param>
    /// <param name="width">At least <see cref="Largest"/>, at least 2.</param>
    /// <param name="logits">As of <see cref="Score"/>.</param>
    /// <param name="disagreements">As of <see cref="Score"/>.</param>
    /// <exception cref="ArgumentException">The scorer reads more of a row, or a span is too short.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements);
}
