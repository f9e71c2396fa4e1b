using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>GET /health: alive, and what became of the predictions on their way to the monitor.</summary>
internal sealed record HealthReport
{
    public required string Status { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>Images answered.</summary>
    public required long Served { get; init; }

    /// <summary>Predictions handed to the monitor's client.</summary>
    public required long MonitorObserved { get; init; }

    /// <summary>Predictions the monitor took.</summary>
    public required long MonitorAccepted { get; init; }

    /// <summary>Predictions that never reached it, whatever the reason.</summary>
    public required long MonitorDropped { get; init; }

    /// <summary>The same, by reason.</summary>
    public required IReadOnlyDictionary<string, long> MonitorDroppedByReason { get; init; }

    /// <summary>Predictions it refused as bad input.</summary>
    public required long MonitorRejected { get; init; }

    /// <summary>Labels it asked for.</summary>
    public required long LabelsWanted { get; init; }

    /// <summary>Labels asked for after the input was gone.</summary>
    public required long InputsMissed { get; init; }

    /// <summary>Inputs kept for an annotator now.</summary>
    public required int InputsKept { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
