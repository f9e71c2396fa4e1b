namespace AccuracyMonitor.Injector.Decisions;

internal enum Outcome
{
    /// <summary>The answer adds a sidecar. Whether the pod was made is decided after this webhook.</summary>
    Patched,

    /// <summary>Another webhook damaged the sidecar, and it is whole again.</summary>
    Repaired,

    /// <summary>Nobody asked, or it is done: no warning.</summary>
    Skipped,

    /// <summary>Somebody asked and can't have it: the pod goes on without a sidecar, with a warning that says why.</summary>
    LeftAlone,

    /// <summary>An error of the injector's own: admitted without a sidecar, with a warning.</summary>
    Failed,
}

/// <summary>Why a pod got a sidecar or not. The names are an interface: the label <c>reason</c> of the metric.</summary>
internal sealed record Reason(string Name, Outcome Outcome, string When)
{
    public static readonly Reason Requested = new("requested", Outcome.Patched, "the pod or its namespace asks for it");
    public static readonly Reason NotRequested = new("not_requested", Outcome.Skipped, "neither the pod nor its namespace asks");
    public static readonly Reason OptedOut = new("opted_out", Outcome.Skipped, "the pod says `false`, or its namespace does and the pod says nothing");
    public static readonly Reason AlreadyInjected =
        new("already_injected", Outcome.Skipped, "a container or init container is called `accuracy-monitor`: injected before, or by hand");
    public static readonly Reason Restored = new("restored", Outcome.Repaired,
        "another webhook dropped `restartPolicy` or the preStop hook of a sidecar that was added before; they are written again");
    public static readonly Reason MadePlain = new("made_plain", Outcome.Repaired,
        "another webhook dropped `restartPolicy` of a native sidecar, and what is restored would not stay or not work; it is a plain container now");
    public static readonly Reason Refitted = new("refitted", Outcome.Repaired,
        "another webhook changed the pod after the sidecar was added, and the sidecar's resources were fitted again");
    public static readonly Reason SidecarDamaged = new("sidecar_damaged", Outcome.LeftAlone,
        "as `made_plain`, in a pod that is to end by itself, which a plain sidecar would prevent; the sidecar is taken out again");
    public static readonly Reason MirrorPod = new("mirror_pod", Outcome.Skipped, "the pod mirrors a static pod of a node; a change would not reach it");
    public static readonly Reason ExcludedNamespace = new("excluded_namespace", Outcome.Skipped, "the namespace is one of `Injection:ExcludedNamespaces`");
    public static readonly Reason NotAPodCreation = new("not_a_pod_creation", Outcome.Skipped, "the request is not the creation of a pod");
    public static readonly Reason InvalidAnnotation =
        new("invalid_annotation", Outcome.LeftAlone, "an annotation has a value out of its bounds, contradicts another, or is unknown; all are told");
    public static readonly Reason UnsupportedOs = new("unsupported_os", Outcome.LeftAlone, "the pod asks for Windows; the sidecar's image is for Linux");
    public static readonly Reason NoContainer =
        new("no_container", Outcome.LeftAlone, "the pod has no container beside init containers; the API server refuses it after this webhook");
    public static readonly Reason HostNetwork =
        new("host_network", Outcome.LeftAlone, "the pod uses the node's network: the sidecar's ports would be the node's");
    public static readonly Reason NativeUnsupported =
        new("native_unsupported", Outcome.LeftAlone,
            "a native sidecar is asked for and the cluster is older than 1.29, or its version is not known: the API server would refuse the pod");
    public static readonly Reason BlocksCompletion = new("blocks_completion", Outcome.LeftAlone,
        "the pod is to end by itself (`restartPolicy` Never or OnFailure) and only a plain sidecar is possible, which never ends");
    public static readonly Reason LimitRange =
        new("limit_range", Outcome.LeftAlone, "no resources that a sidecar works with fit the namespace's LimitRanges");
    public static readonly Reason Quota = new("quota", Outcome.LeftAlone, "the namespace's ResourceQuotas leave too little for a sidecar");
    public static readonly Reason PodResources =
        new("pod_resources", Outcome.LeftAlone, "the pod's own resources (`spec.resources`) leave too little for a sidecar");
    public static readonly Reason NameTaken = new("name_taken", Outcome.LeftAlone, "a volume has a name that the sidecar's need");
    public static readonly Reason PathTaken = new("path_taken", Outcome.LeftAlone, "a container mounts something else where the socket goes");
    public static readonly Reason PortTaken = new("port_taken", Outcome.LeftAlone, "a container declares a port number that the sidecar needs");
    public static readonly Reason PortNameTaken =
        new("port_name_taken", Outcome.LeftAlone, "a native sidecar is to take over a port name that a container has: Services would go on to the container");
    public static readonly Reason NamespaceUnreadable = new("namespace_unreadable", Outcome.Failed, "the pod says nothing and its namespace could not be read");
    public static readonly Reason InternalError = new("internal_error", Outcome.Failed, "a defect; the log has the details");

    public static readonly IReadOnlyList<Reason> All =
    [
        Requested, Restored, MadePlain, Refitted, NotRequested, OptedOut, AlreadyInjected, MirrorPod, ExcludedNamespace, NotAPodCreation, InvalidAnnotation,
        UnsupportedOs, NoContainer, SidecarDamaged, HostNetwork, NativeUnsupported, BlocksCompletion, LimitRange, Quota, PodResources,
        NameTaken, PathTaken, PortTaken,
        PortNameTaken, NamespaceUnreadable, InternalError,
    ];

    /// <summary>The outcome as the metric's label has it.</summary>
    public static string Label(Outcome outcome) => outcome switch
    {
        Outcome.Patched => "patched",
        Outcome.Repaired => "repaired",
        Outcome.Skipped => "skipped",
        Outcome.LeftAlone => "left_alone",
        _ => "failed",
    };
}
