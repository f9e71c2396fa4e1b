using System.Diagnostics;

namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Traces of a batch's way; nothing is created unless somebody listens (Telemetry:TraceRatio).</summary>
internal static class Tracing
{
    public const string SourceName = "AccuracyMonitor";

    public static readonly ActivitySource Source = new(SourceName);
}
