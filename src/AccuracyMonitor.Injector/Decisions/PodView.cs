using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>
/// What a decision needs to know of a pod, read from its JSON. Not by a typed model: a patch of additions never writes the pod again, so fields of
/// newer versions of Kubernetes survive whether we know them or not, and none that we do not read can fail to be read.
/// </summary>
/// <exception cref="InvalidOperationException">A field that is read has another shape than a pod's.</exception>
internal sealed class PodView
{
    public PodView(JsonObject pod)
    {
        Json = pod;
        var metadata = pod["metadata"]?.AsObject();
        var spec = pod["spec"]?.AsObject() ?? [];
        Annotations = Texts(metadata?["annotations"]);
        Labels = Texts(metadata?["labels"]);
        Name = (string?)metadata?["name"] ?? ((string?)metadata?["generateName"] is { } prefix ? prefix + "*" : "");
        Containers = [.. Entries(spec["containers"]).Select(c => new ContainerView(c))];
        InitContainers = [.. Entries(spec["initContainers"]).Select(c => new ContainerView(c))];
        Volumes = [.. Entries(spec["volumes"]).Select(v => (string?)v["name"] ?? "")];
        HostNetwork = (bool?)spec["hostNetwork"] ?? false;
        EndsByItself = (string?)spec["restartPolicy"] is "Never" or "OnFailure";
        HasOwnResources = spec["resources"] is JsonObject own
            && own.Any(r => r.Key is ResourceNames.Requests or ResourceNames.Limits && r.Value is JsonObject { Count: > 0 });
        HasDeadline = spec["activeDeadlineSeconds"] is not null;
        PriorityClass = (string?)spec["priorityClassName"] ?? "";
        GracePeriod = (int?)(long?)spec["terminationGracePeriodSeconds"] ?? 30;
        var selector = Texts(spec["nodeSelector"]);
        IsWindows = (string?)spec["os"]?.AsObject()["name"] == "windows"
            || selector.GetValueOrDefault("kubernetes.io/os") == "windows"
            || selector.GetValueOrDefault("beta.kubernetes.io/os") == "windows";
    }

    public JsonObject Json { get; }

    /// <summary>Its name, or the beginning of it and a star where Kubernetes makes up the rest.</summary>
    public string Name { get; }

    public IReadOnlyDictionary<string, string> Annotations { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<ContainerView> Containers { get; }

    public IReadOnlyList<ContainerView> InitContainers { get; }

    /// <summary>Init containers first, as they start.</summary>
    public IEnumerable<ContainerView> AllContainers => InitContainers.Concat(Containers);

    public IReadOnlyList<string> Volumes { get; }

    public bool HostNetwork { get; }

    public bool EndsByItself { get; }

    /// <summary>Seconds between SIGTERM and SIGKILL.</summary>
    public int GracePeriod { get; }

    public bool IsWindows { get; }

    /// <summary>The pod names resources for all its containers together.</summary>
    public bool HasOwnResources { get; }

    /// <summary>It has a deadline (<c>activeDeadlineSeconds</c>).</summary>
    public bool HasDeadline { get; }

    /// <summary>Empty: none.</summary>
    public string PriorityClass { get; }

    /// <summary>QoS class Guaranteed: every container has limits of processor and memory, and requests that are not other than them.</summary>
    public bool IsGuaranteed => !HasOwnResources && AllContainers.All(c => c.IsGuaranteed);

    /// <summary>No container requests or limits processor or memory: QoS class BestEffort, unless the pod's own resources count.</summary>
    public bool IsBestEffort => AllContainers.All(c => c.IsBestEffort);

    public static IReadOnlyDictionary<string, string> Texts(JsonNode? map) =>
        map?.AsObject().ToDictionary(p => p.Key, p => (string?)p.Value ?? "", StringComparer.Ordinal) ?? [];

    public static IEnumerable<JsonObject> Entries(JsonNode? array) => array?.AsArray().Select(e => e?.AsObject() ?? []) ?? [];
}
