using AccuracyMonitor.Core;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>A stretch of the stream.</summary>
/// <param name="Count">Its predictions.</param>
internal sealed record ReplayCondition(string Name, int Count);

/// <summary>What is replayed: a trace or a log.</summary>
internal interface IReplaySource
{
    int ClassCount { get; }

    /// <summary>In order, at least one.</summary>
    IReadOnlyList<ReplayCondition> Conditions { get; }

    /// <summary>Labelled held-out data; null when the file has none.</summary>
    ReferenceSet? Reference { get; }

    /// <summary>Time that the log spans; null when it has no times.</summary>
    TimeSpan? Span { get; }

    /// <summary>Once.</summary>
    IEnumerable<ReplayItem> Items();

    /// <summary>The stream has come to an item: what it says of a label is known from now on.</summary>
    /// <returns>True if it replaces another label for the same prediction.</returns>
    bool Reach(ReplayItem item);

    /// <summary>What is known of a prediction's label so far; null: nothing. Thread-safe.</summary>
    int? Truth(string id);
}
