using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>OpenTelemetry. Prometheus needs no setting: /metrics is always there.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>OTLP endpoint for pushed metrics and traces, such as http://collector:4317; empty: none.</summary>
    [RegularExpression("^$|^https?://.+", ErrorMessage = "Telemetry:OtlpEndpoint must be empty or begin with http:// or https://.")]
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>Grpc or HttpProtobuf. Default Grpc.</summary>
    [EnumDataType(typeof(OpenTelemetry.Exporter.OtlpExportProtocol))]
    public OpenTelemetry.Exporter.OtlpExportProtocol OtlpProtocol { get; set; } = OpenTelemetry.Exporter.OtlpExportProtocol.Grpc;

    /// <summary>How often metrics are pushed. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "01:00:00")]
    public TimeSpan PushInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Share of batches traced, 0–1. Default 0: off.</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; }
}

[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
