using System.Text.Json;

namespace AccuracyMonitor.Sidecar.Monitors;

/// <summary>Properties of a registered monitor that its file and head do not hold; stored as JSON.</summary>
internal sealed record MonitorProperties
{
    /// <summary>The graph that the head belongs to; the monitor's own version when it has no head.</summary>
    public required string GraphVersion { get; init; }

    /// <summary>Sequence of the last label learned from.</summary>
    public long TrainedThrough { get; init; }

    public bool Proven { get; init; }

    /// <summary>What the labels of the head leave unknown of the mean score; 0 for a monitor from before this was kept.</summary>
    public double MeanScoreStandardError { get; init; }

    public string Encoding { get; init; } = "";

    public int ClassCount { get; init; }

    public int Members { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static MonitorProperties FromJson(string json) =>
        JsonSerializer.Deserialize<MonitorProperties>(json) ?? throw new JsonException("The monitor's properties are empty.");
}
