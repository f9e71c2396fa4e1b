using System.Text.Json.Nodes;
using k8s.Models;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>Sums of resources as the API server counts them for a pod (k8s.io/component-helpers/resource).</summary>
internal static class Quantities
{
    public static Dictionary<string, decimal> Of(JsonNode? list) => list is not JsonObject map ? []
        : map.ToDictionary(p => p.Key, p => new ResourceQuantity(p.Value!.ToString()).ToDecimal(), StringComparer.Ordinal);

    public static IEnumerable<JsonObject> Items(JsonNode? array) => array is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>Requests or limits of the containers alone: those that run together, or the largest moment of the start.</summary>
    public static Dictionary<string, decimal> OfContainers(JsonObject spec, string kind)
    {
        Dictionary<string, decimal> running = new(StringComparer.Ordinal);
        foreach (var container in Items(spec["containers"]))
        {
            Add(running, Of(container["resources"]?[kind]));
        }

        Dictionary<string, decimal> sidecars = new(StringComparer.Ordinal);
        Dictionary<string, decimal> largest = new(StringComparer.Ordinal);
        foreach (var container in Items(spec["initContainers"]))
        {
            var own = Of(container["resources"]?[kind]);
            if ((string?)container["restartPolicy"] == "Always")
            {
                Add(running, own);
                Add(sidecars, own);
                Raise(largest, sidecars);
            }
            else
            {
                Add(own, sidecars);
                Raise(largest, own);
            }
        }

        Raise(running, largest);
        return running;
    }

    /// <summary>As above, with what the pod itself names instead, and its overhead.</summary>
    public static Dictionary<string, decimal> OfPod(JsonObject spec, string kind)
    {
        var total = OfContainers(spec, kind);
        foreach (var (name, value) in Of(spec["resources"]?[kind]))
        {
            total[name] = value;
        }

        foreach (var (name, value) in Of(spec["overhead"]))
        {
            if (kind == "requests" || total.ContainsKey(name))
            {
                total[name] = total.GetValueOrDefault(name) + value;
            }
        }

        return total;
    }

    private static void Add(Dictionary<string, decimal> to, Dictionary<string, decimal> more)
    {
        foreach (var (name, value) in more)
        {
            to[name] = to.GetValueOrDefault(name) + value;
        }
    }

    private static void Raise(Dictionary<string, decimal> to, Dictionary<string, decimal> least)
    {
        foreach (var (name, value) in least)
        {
            to[name] = Math.Max(to.GetValueOrDefault(name), value);
        }
    }
}
