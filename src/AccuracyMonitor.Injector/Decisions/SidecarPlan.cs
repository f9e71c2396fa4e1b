namespace AccuracyMonitor.Injector.Decisions;

/// <summary>The sidecar to add to one pod: checked, complete, and independent of the pod's JSON.</summary>
internal sealed record SidecarPlan
{
    public required SidecarRequest Request { get; init; }

    public required SidecarForm Form { get; init; }

    public required SidecarResources Resources { get; init; }

    /// <summary>Indices of the application's containers that report over the socket; empty but in sdk mode.</summary>
    public required IReadOnlyList<int> Reporting { get; init; }

    /// <summary>The application's first container, which <c>kubectl logs</c> shall go on to show.</summary>
    public required string DefaultContainer { get; init; }

    public TapPort? TapGrpc { get; init; }

    public TapPort? TapHttp { get; init; }

    /// <summary>Seconds that a plain tap goes on forwarding after the pod was told to stop; 0: none.</summary>
    public int DrainSeconds { get; init; }

    /// <summary>User and group that the sidecar runs as; null: those that the image or the cluster gives it.</summary>
    public int? User { get; init; }

    /// <summary>Of all sidecars.</summary>
    public required InjectionOptions Common { get; init; }

    /// <summary>
    /// Before the application's containers: a name that several containers give to a port is the first one's, for Services. So the sidecar takes
    /// over what the application's port has, nothing of the application changes, and a pod without a sidecar is served as ever.
    /// </summary>
    public bool ComesFirst => Form == SidecarForm.Plain && Request.Mode == CaptureMode.Tap;
}

/// <summary>A port that the sidecar takes over.</summary>
/// <param name="Name">The name that the Service targets.</param>
/// <param name="Port">Where the sidecar listens.</param>
/// <param name="Upstream">Where the application serves, on loopback.</param>
internal sealed record TapPort(string Name, int Port, int Upstream);
