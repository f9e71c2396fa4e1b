using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;

namespace AccuracyMonitor.Injector.Tests.Support;

/// <summary>A pod after its patch, applied by another implementation of RFC 6902 than any of ours, and what must hold of it.</summary>
internal static class Patched
{
    public static JsonObject Apply(JsonObject pod, JsonArray patch)
    {
        var copy = pod.DeepClone().AsObject();
        JsonSerializer.Deserialize<JsonPatchDocument<JsonObject>>(patch.ToJsonString())!.ApplyTo(copy);
        return copy;
    }

    public static V1Pod ParseStrictly(JsonObject pod) => (V1Pod)KubernetesYaml.LoadAllFromString(pod.ToJsonString(), strict: true).Single();

    /// <summary>Everything that was there is there, unchanged and in its order; null and absent are the same.</summary>
    public static void ShouldContain(JsonNode? after, JsonNode? before, string path = "")
    {
        switch (before)
        {
            case null:
                break;
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    ShouldContain(after.ShouldNotBeNull(path).AsObject()[name], value, $"{path}/{name}");
                }

                break;
            case JsonArray list:
                var there = after.ShouldNotBeNull(path).AsArray();
                var offset = there.Count - list.Count;
                var first = Enumerable.Range(0, offset + 1).FirstOrDefault(at => list.Count == 0 || Name(there[at]) == Name(list[0]));
                for (var i = 0; i < list.Count; i++)
                {
                    ShouldContain(there[first + i], list[i], $"{path}/{i}");
                }

                break;
            default:
                JsonNode.DeepEquals(after, before).ShouldBeTrue($"{path}: {before} became {after}");
                break;
        }

        static string? Name(JsonNode? item) => item is JsonObject named ? named["name"]?.ToString() ?? named.ToJsonString() : item?.ToJsonString();
    }
}
