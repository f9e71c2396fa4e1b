namespace AccuracyMonitor.Storage.Monitors;

/// <summary>A monitor with its files: all that is needed to score.</summary>
public sealed record MonitorRow : MonitorInfo
{
    /// <summary>The graph; empty for a monitor that needs none.</summary>
    public required byte[] Onnx { get; init; }

    /// <summary>Recalibration head applied after the graph; null for none.</summary>
    public byte[]? Head { get; init; }
}
