using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Request and limit of one resource, as Kubernetes quantities; null: not set.</summary>
internal sealed record ResourcePair(string? Request, string? Limit)
{
    public static readonly ResourcePair None = new(null, null);

    public ResourcePair Guaranteed() => new(Limit ?? Request, Limit ?? Request);
}

/// <summary>What a sidecar requests and may use.</summary>
internal sealed record SidecarResources(ResourcePair Cpu, ResourcePair Memory)
{
    /// <summary>Only where a LimitRange would write some.</summary>
    public ResourcePair Storage { get; init; } = ResourcePair.None;

    /// <param name="resources">Of a container.</param>
    public static SidecarResources Of(JsonNode? resources)
    {
        return new SidecarResources(Pair(ResourceNames.Cpu), Pair(ResourceNames.Memory)) { Storage = Pair(ResourceNames.Storage) };

        ResourcePair Pair(string name) =>
            new(resources?[ResourceNames.Requests]?[name]?.ToString(), resources?[ResourceNames.Limits]?[name]?.ToString());
    }

    public bool IsEmpty => Cpu == ResourcePair.None && Memory == ResourcePair.None;

    public ResourcePair this[string name] => name switch
    {
        ResourceNames.Cpu => Cpu,
        ResourceNames.Memory => Memory,
        _ => Storage,
    };

    public SidecarResources With(string name, ResourcePair pair) => name switch
    {
        ResourceNames.Cpu => this with { Cpu = pair },
        ResourceNames.Memory => this with { Memory = pair },
        _ => this with { Storage = pair },
    };

    /// <summary>
    /// Requests as large as the limits. A pod whose every container is so has the QoS class Guaranteed, and would lose it (its pinned processors,
    /// its place when a node runs out of memory) by one container that is not.
    /// </summary>
    public SidecarResources Guaranteed() => new(Cpu.Guaranteed(), Memory.Guaranteed());

    /// <summary>As <c>cpu 50m/-, memory 192Mi/512Mi</c>.</summary>
    public override string ToString() => string.Join(
        ", ",
        ResourceNames.All.Where(n => this[n] != ResourcePair.None).Select(n => $"{n} {this[n].Request ?? this[n].Limit}/{this[n].Limit ?? "-"}"));
}
