namespace AccuracyMonitor.Scoring;

/// <summary>
/// Computes a correctness score, P(the prediction is correct), for each softmax vector. Immutable after loading, so a new monitor is put in
/// use by swapping one reference. Implementations may be called from several threads; the calls are serialised.
/// </summary>
public interface IMonitorScorer : IDisposable
{
    /// <summary>The monitor's version, as recorded with every decision.</summary>
    string Version { get; }

    /// <summary><c>ensemble</c> or <c>calibrated-score</c>.</summary>
    string Kind { get; }

    /// <summary>The K that the monitor requires; null: any.</summary>
    int? ClassCount { get; }

    /// <summary>Number of largest probabilities per row that the monitor needs; null: it needs the whole row.</summary>
    int? Largest { get; }

    /// <summary>Metadata of the monitor's file; null if there is no file.</summary>
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

    /// <summary>The same scores as <see cref="Score"/>, for rows of which only the largest probabilities are known.</summary>
    /// <param name="largest">Row-major count×width, each row in descending order; validated by the caller.</param>
    /// <param name="count">Rows, 0 or more.</param>
    /// <param name="width">At least <see cref="Largest"/>, at least 2.</param>
    /// <param name="logits">As for <see cref="Score"/>.</param>
    /// <param name="disagreements">As for <see cref="Score"/>.</param>
    /// <exception cref="ArgumentException">The scorer needs more of each row, or a span is too short.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    void ScoreLargest(ReadOnlySpan<float> largest, int count, int width, Span<float> logits, Span<float> disagreements);
}
