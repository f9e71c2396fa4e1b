using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>A registered monitor without its files.</summary>
public record MonitorInfo
{
    public required ModelKey Key { get; init; }

    /// <summary>Unique per model version.</summary>
    public required string MonitorVersion { get; init; }

    /// <summary><c>ensemble</c> or <c>calibrated-score</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The monitor it was tuned from; null for one trained from scratch.</summary>
    public string? Parent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int TrainingLabels { get; init; }

    /// <summary>Numbers of its training, as JSON. Not looked into here.</summary>
    public string Metadata { get; init; } = "{}";
}
