using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Queue;

/// <summary>A label that an annotator gave in a labelling tool.</summary>
internal sealed record GivenAnswer
{
    public required PredictionKey Key { get; init; }

    public required int Label { get; init; }

    /// <summary>An opinion beside another annotator's label.</summary>
    public bool AsOpinion { get; init; }

    public required string Annotator { get; init; }

    public required string Tool { get; init; }

    /// <summary>By the tool's clock.</summary>
    public required DateTimeOffset AnsweredAt { get; init; }

    /// <summary>How long he looked; null: unknown.</summary>
    public required TimeSpan? LeadTime { get; init; }
}
