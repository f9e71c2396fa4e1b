using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Demo.Serving;

/// <summary>GET /health: alive, and what became of the predictions on their way to the monitor.</summary>
/// <param name="Served">Images answered.</param>
/// <param name="MonitorObserved">Predictions handed to the monitor's client.</param>
/// <param name="MonitorAccepted">Predictions the monitor took.</param>
/// <param name="MonitorDropped">Predictions that never reached it, whatever the reason.</param>
/// <param name="MonitorDroppedByReason">The same, by reason.</param>
/// <param name="MonitorRejected">Predictions it refused as bad input.</param>
/// <param name="LabelsWanted">Labels it asked for.</param>
/// <param name="InputsMissed">Labels asked for after the input was gone.</param>
/// <param name="InputsKept">Inputs kept for an annotator now.</param>
internal sealed record HealthReport(
    string Status,
    string Model,
    string Version,
    long Served,
    long MonitorObserved,
    long MonitorAccepted,
    long MonitorDropped,
    IReadOnlyDictionary<string, long> MonitorDroppedByReason,
    long MonitorRejected,
    long LabelsWanted,
    long InputsMissed,
    int InputsKept);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
