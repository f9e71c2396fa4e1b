namespace AccuracyMonitor.Injector.Decisions;

/// <summary>What people write on a pod, or on its namespace as the default of all pods there.</summary>
internal static class Annotations
{
    public const string Prefix = "accuracy-monitor.io/";

    public const string Inject = Prefix + "inject";
    public const string Mode = Prefix + "mode";
    public const string Model = Prefix + "model";
    public const string Version = Prefix + "version";
    public const string ClassCount = Prefix + "class-count";
    public const string Containers = Prefix + "containers";
    public const string Objective = Prefix + "objective";
    public const string Budget = Prefix + "budget";
    public const string Monitor = Prefix + "monitor";
    public const string Outputs = Prefix + "outputs";
    public const string TapGrpcPort = Prefix + "tap-grpc-port";
    public const string TapGrpcUpstream = Prefix + "tap-grpc-upstream";
    public const string TapHttpPort = Prefix + "tap-http-port";
    public const string TapHttpUpstream = Prefix + "tap-http-upstream";
    public const string DrainSeconds = Prefix + "drain-seconds";
    public const string Sidecar = Prefix + "sidecar";
    public const string Image = Prefix + "image";
    public const string CpuRequest = Prefix + "cpu-request";
    public const string CpuLimit = Prefix + "cpu-limit";
    public const string MemoryRequest = Prefix + "memory-request";
    public const string MemoryLimit = Prefix + "memory-limit";
    public const string HttpPort = Prefix + "http-port";
    public const string GrpcPort = Prefix + "grpc-port";
    public const string SinkPort = Prefix + "sink-port";

    /// <summary>Written by the injector: what it did.</summary>
    public const string Status = Prefix + "status";

    /// <summary>A label written by the injector, for selectors: a PodMonitor can't select by annotation.</summary>
    public const string InjectedLabel = Prefix + "injected";

    public const string DefaultContainer = "kubectl.kubernetes.io/default-container";
    public const string MirrorPod = "kubernetes.io/config.mirror";

    /// <summary>Every annotation that people write, with what it does: the table of docs/reference/injection.md.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Options =
    [
        (Inject, "`true` or `false`; on a namespace a label, so that the webhook is called at all"),
        (Mode, "`sdk` (default): the application reports by a client library; `tap`: the sidecar stands before the Open Inference Protocol; `sink`: it takes "
            + "the events of a model server's logger"),
        (Model, "1–128 characters: the client's default model name"),
        (Version, "1–128 characters: the client's default model version"),
        (ClassCount, "2–10000: the client's default class count"),
        (Containers, "names of the containers that report, with commas; default: all but init containers"),
        (Objective, "0.01–0.9999: accuracy promised; switches the accuracy alarm on"),
        (Budget, "0.0001–1: share of predictions to label"),
        (Monitor, "monitor file: `configmap://NAME/KEY`, `pvc://CLAIM/PATH` or, in the sidecar's image, `file:///PATH`"),
        (Outputs, "which output holds the classes (tap, sink): `model=output`, `model=output,logits`, `*=output`; several with `;`"),
        (TapGrpcPort, "name of the port that the Service targets for gRPC"),
        (TapGrpcUpstream, "1–65535: where the application serves it; default: its own port of that name"),
        (TapHttpPort, "name of the port that the Service targets for REST"),
        (TapHttpUpstream, "1–65535: as above"),
        (DrainSeconds,
            "0–600: how long a plain sidecar forwards after the pod was told to stop (tap); default 10, and always 5 s less than the pod's grace period"),
        (Sidecar, "`native` (an init container that goes on running, Kubernetes 1.29) or `plain`; default: what the cluster can do and the tap needs"),
        (Image, "the sidecar's image, with a tag other than `latest`, or a digest"),
        (CpuRequest, "quantity; with the three below: the sidecar's resources"),
        (CpuLimit, "quantity"),
        (MemoryRequest, "quantity, at least 64Mi"),
        (MemoryLimit, "quantity, at least 128Mi"),
        (HttpPort, "1024–65535: the sidecar's port for metrics and probes"),
        (GrpcPort, "1024–65535: opens gRPC to the pod's network, for tools that label; default: none, the socket only"),
        (SinkPort, "1024–65535: the sink's port"),
    ];
}
