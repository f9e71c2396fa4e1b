using System.Text.Json.Nodes;
using CsCheck;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>LimitRanges and ResourceQuotas as namespaces have them.</summary>
internal static class RandomRules
{
    private static readonly Gen<string> Item = Any(
        """{ "type": "Container", "max": { "memory": "256Mi" } }""", """{ "type": "Container", "max": { "memory": "1Gi", "cpu": "1" } }""",
        """{ "type": "Container", "max": { "memory": "100Mi" } }""", """{ "type": "Container", "min": { "cpu": "100m", "memory": "16Mi" } }""",
        """{ "type": "Container", "min": { "memory": "600Mi" } }""", """{ "type": "Container", "maxLimitRequestRatio": { "memory": "2" } }""",
        """{ "type": "Container", "maxLimitRequestRatio": { "cpu": "4" } }""",
        """{ "type": "Container", "maxLimitRequestRatio": { "cpu": "1", "memory": "1" } }""",
        """{ "type": "Container", "default": { "cpu": "20m", "memory": "300Mi" } }""", """{ "type": "Container", "default": { "cpu": "500m" } }""",
        """{ "type": "Container", "defaultRequest": { "cpu": "30m", "memory": "64Mi" }, "default": { "cpu": "2", "memory": "1Gi" } }""",
        """{ "type": "Container", "max": { "ephemeral-storage": "1Gi" } }""", """{ "type": "Container", "defaultRequest": { "ephemeral-storage": "1Gi" } }""",
        """{ "type": "Container", "default": { "example.com/device": "1" } }""",
        """{ "type": "Pod", "max": { "memory": "1Gi" } }""", """{ "type": "Pod", "max": { "cpu": "300m", "memory": "700Mi" } }""",
        """{ "type": "Pod", "min": { "memory": "128Mi" } }""", """{ "type": "Pod", "min": { "cpu": "400m" } }""",
        """{ "type": "Pod", "maxLimitRequestRatio": { "memory": "2" } }""", """{ "type": "Pod", "maxLimitRequestRatio": { "cpu": "2" } }""",
        """{ "type": "Pod", "max": { "ephemeral-storage": "2Gi" } }""", """{ "type": "PersistentVolumeClaim", "max": { "storage": "1Gi" } }""");

    private static readonly Gen<(string Hard, string Used)> Numbers = Any(
        ("""{ "limits.cpu": "4" }""", """{ "limits.cpu": "1" }"""), ("""{ "limits.cpu": "1", "limits.memory": "2Gi" }""", """{ "limits.cpu": "700m" }"""),
        ("""{ "requests.memory": "1Gi" }""", """{ "requests.memory": "300Mi" }"""), ("""{ "memory": "1Gi", "cpu": "1" }""", """{ "memory": "800Mi" }"""),
        ("""{ "requests.cpu": "1" }""", """{ "requests.cpu": "880m" }"""), ("""{ "pods": "10" }""", """{ "pods": "3" }"""),
        ("""{ "requests.cpu": "8", "requests.memory": "8Gi", "limits.cpu": "8", "limits.memory": "8Gi" }""", "{}"),
        ("""{ "requests.memory": "2Gi" }""", """{ "requests.memory": "1450Mi" }"""), ("""{ "requests.cpu": "2" }""", """{ "requests.cpu": "1790m" }"""),
        ("""{ "requests.ephemeral-storage": "2Gi" }""", """{ "requests.ephemeral-storage": "1Gi" }"""));

    public static readonly Gen<IReadOnlyList<JsonObject>> LimitRanges = Item.Array[1, 2].Array[0, 3].Select(r => r.Length == 3 ? [] : r)
        .Select(ranges => (IReadOnlyList<JsonObject>)
        [.. ranges.Select((items, i) => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"range-{i}" },
            ["spec"] = new JsonObject { ["limits"] = new JsonArray([.. items.Select(t => JsonNode.Parse(t))]) },
        })]);

    public static readonly Gen<IReadOnlyList<JsonObject>> Quotas = Numbers
        .Select(Any("", "", "", "NotTerminating", "Terminating", "BestEffort", "NotBestEffort")).Array[0, 2].Select(quotas => (IReadOnlyList<JsonObject>)
        [.. quotas.Select((q, i) => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"quota-{i}" },
            ["spec"] = q.Item2.Length == 0 ? [] : new JsonObject { ["scopes"] = new JsonArray(q.Item2) },
            ["status"] = new JsonObject { ["hard"] = JsonNode.Parse(q.Item1.Hard), ["used"] = JsonNode.Parse(q.Item1.Used) },
        })]);

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
