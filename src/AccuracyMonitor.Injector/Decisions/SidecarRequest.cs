namespace AccuracyMonitor.Injector.Decisions;

internal enum CaptureMode
{
    Sdk,
    Tap,
    Sink,
}

internal enum SidecarForm
{
    /// <summary>An init container with restartPolicy Always: starts before the application, ends after it, never holds up a Job.</summary>
    Native,

    /// <summary>A container like the application's.</summary>
    Plain,
}

/// <summary>What the annotations ask for, defaults filled in. Null: not asked for.</summary>
internal sealed record SidecarRequest
{
    public required CaptureMode Mode { get; init; }

    public SidecarForm? Form { get; init; }

    public required string Image { get; init; }

    public required SidecarResources Resources { get; init; }

    public string? Model { get; init; }

    public string? Version { get; init; }

    public int? ClassCount { get; init; }

    /// <summary>As written: a number that went through a binary form may come out longer.</summary>
    public string? Objective { get; init; }

    public string? Budget { get; init; }

    public MonitorSource? Monitor { get; init; }

    /// <summary>Names of containers; empty: all.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    public IReadOnlyList<string> Outputs { get; init; } = [];

    public string? TapGrpcPort { get; init; }

    public int? TapGrpcUpstream { get; init; }

    public string? TapHttpPort { get; init; }

    public int? TapHttpUpstream { get; init; }

    public required int DrainSeconds { get; init; }

    public required int HttpPort { get; init; }

    public int? GrpcPort { get; init; }

    public required int SinkPort { get; init; }
}
