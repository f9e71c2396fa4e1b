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
        var resources = container["resources"]?.AsObject();
        IsGuaranteed = IsFixed("cpu") && IsFixed("memory");

        bool IsFixed(string resource) =>
            Quantity(resources?["limits"]?[resource]) is { } limit && (Quantity(resources?["requests"]?[resource]) ?? limit) == limit;
    }

    public JsonObject Json { get; }

    public string Name { get; }

    /// <summary>Name (empty: none) and number. Protocols are left out: Services of models and the sidecar's ports are TCP.</summary>
    public IReadOnlyList<(string Name, int Number)> Ports { get; }

    public IReadOnlyList<string> Variables { get; }

    public IReadOnlyList<string> MountPaths { get; }

    public bool IsGuaranteed { get; }

    private static decimal? Quantity(JsonNode? quantity) => quantity is null ? null : AnnotationReader.Value(quantity.ToString());
}
