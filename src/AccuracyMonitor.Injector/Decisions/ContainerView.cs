using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Decisions;

internal sealed class ContainerView
{
    public ContainerView(JsonObject container)
    {
        Json = container;
        Name = (string?)container["name"] ?? "";
        Ports = [.. PodView.Entries(container["ports"]).Select(p => ((string?)p["name"] ?? "", (int?)(long?)p["containerPort"] ?? 0))];
        Variables = [.. PodView.Entries(container["env"]).Select(e => (string?)e["name"] ?? "")];
        MountPaths = [.. PodView.Entries(container["volumeMounts"]).Select(m => ((string?)m["mountPath"] ?? "").TrimEnd('/'))];
        var resources = container["resources"];
        IsGuaranteed = IsFixed(ResourceNames.Cpu) && IsFixed(ResourceNames.Memory);
        IsBestEffort = IsFree(ResourceNames.Cpu) && IsFree(ResourceNames.Memory);

        bool IsFixed(string name) => Limit(name) is { } limit && (Request(name) ?? limit) == limit;

        bool IsFree(string name) => Limit(name) is null or 0 && Request(name) is null or 0;

        decimal? Limit(string name) => Quantities.Of(resources, ResourceNames.Limits, name);

        decimal? Request(string name) => Quantities.Of(resources, ResourceNames.Requests, name);
    }

    public JsonObject Json { get; }

    public string Name { get; }

    /// <summary>Name (empty: none) and number. Protocols are left out: Services of models and the sidecar's ports are TCP.</summary>
    public IReadOnlyList<(string Name, int Number)> Ports { get; }

    public IReadOnlyList<string> Variables { get; }

    public IReadOnlyList<string> MountPaths { get; }

    public bool IsGuaranteed { get; }

    public bool IsBestEffort { get; }
}
