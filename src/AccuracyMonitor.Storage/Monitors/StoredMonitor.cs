using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>A row of <c>monitors</c> as Dapper fills it.</summary>
internal sealed class StoredMonitor
{
    public long Id { get; set; }

    public string Model { get; set; } = "";

    public string Version { get; set; } = "";

    public string MonitorVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public string? Parent { get; set; }

    public long CreatedAt { get; set; }

    public long TrainingLabels { get; set; }

    public string Metadata { get; set; } = "";

    public byte[] Sha256 { get; set; } = [];

    public byte[]? Head { get; set; }

    public ModelKey Key => new(Model, Version);

    public MonitorInfo Info() => new()
    {
        Key = Key,
        MonitorVersion = MonitorVersion,
        Kind = Kind,
        Parent = Parent,
        CreatedAt = StoredTime.Read(CreatedAt),
        TrainingLabels = (int)TrainingLabels,
        Metadata = Metadata,
    };

    public MonitorRow Row(byte[] onnx) => new()
    {
        Key = Key,
        MonitorVersion = MonitorVersion,
        Kind = Kind,
        Parent = Parent,
        CreatedAt = StoredTime.Read(CreatedAt),
        TrainingLabels = (int)TrainingLabels,
        Metadata = Metadata,
        Onnx = onnx,
        Head = Head,
    };
}
