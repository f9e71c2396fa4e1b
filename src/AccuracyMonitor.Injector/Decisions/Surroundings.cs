namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Everything but the pod itself that a decision reads.</summary>
internal sealed record Surroundings
{
    /// <summary>The request's: the pod itself need not name it.</summary>
    public required string Namespace { get; init; }

    /// <summary>Null: the namespace could not be read.</summary>
    public NamespaceView? Space { get; init; }

    public ClusterView Cluster { get; init; } = ClusterView.Unknown;

    public ResourceRules Rules { get; init; } = ResourceRules.None;
}

/// <summary>What a decision needs to know of the cluster.</summary>
/// <param name="Minor">Minor version of the API server's 1.x; null: not known.</param>
/// <param name="IsOpenShift">The API server has <c>security.openshift.io/v1</c>, which assigns users to namespaces; null: not known.</param>
internal sealed record ClusterView(int? Minor, bool? IsOpenShift)
{
    /// <summary>The first minor version with native sidecars on by default.</summary>
    public const int NativeSince = 29;

    /// <summary>The first minor version with the <c>sleep</c> of preStop on by default. Before, the API server drops it and refuses the empty hook.</summary>
    public const int SleepSince = 30;

    /// <summary>The first minor version that counts a pod's own <c>resources</c> by default.</summary>
    public const int PodResourcesSince = 34;

    public static readonly ClusterView Unknown = new(null, IsOpenShift: null);

    public bool HasNativeSidecars => Minor >= NativeSince;

    public bool CountsPodResources => Minor >= PodResourcesSince;

    public bool HasSleep => Minor >= SleepSince;
}
