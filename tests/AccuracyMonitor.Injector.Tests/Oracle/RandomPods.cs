using System.Text.Json.Nodes;
using CsCheck;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>Pods as people write them, with resources, init containers and wishes in any combination.</summary>
internal static class RandomPods
{
    private static readonly Gen<JsonObject?> Resources =
        from requests in Any<string?>(null, null, """{ "cpu": "100m" }""", """{ "cpu": "100m", "memory": "128Mi" }""", """{ "memory": "512Mi" }""")
        from limits in Any<string?>(null, null, """{ "memory": "512Mi" }""", """{ "cpu": "200m", "memory": "512Mi" }""")
        select requests is null && limits is null ? null : new JsonObject((((string Name, string? Text)[])[("requests", requests), ("limits", limits)])
            .Where(p => p.Text is not null).Select(p => KeyValuePair.Create(p.Name, JsonNode.Parse(p.Text!))));

    public static readonly Gen<JsonObject> Pods =
        from application in Container("server")
        from helper in Container("helper")
        from helpers in Gen.Bool
        from setUp in Container("set-up")
        from init in Any("", "plain", "native")
        from wishes in Any(
            "mode=tap,tap-grpc-port=grpc", "mode=tap,tap-grpc-port=watched,tap-grpc-upstream=8001", "mode=sink", "sidecar=plain", "sidecar=native",
            "cpu-limit=100m", "memory-limit=256Mi", "memory-request=300Mi", "drain-seconds=600", "monitor=configmap://m/k").Array[0, 3]
        from restart in Any<string?>(null, null, "Never")
        from grace in Any<int?>(null, 0, 3, 60)
        from ofPod in Any<string?>(null, null, null, """{ "requests": { "cpu": "1", "memory": "1Gi" } }""", """{ "limits": { "cpu": "1", "memory": "1Gi" } }""",
            """{ "requests": { "memory": "512Mi" }, "limits": { "memory": "512Mi" } }""")
        select Pod([application, .. helpers ? [helper] : (JsonObject[])[]], init.Length == 0 ? null : setUp, init == "native", new JsonObject
        {
            ["restartPolicy"] = restart,
            ["terminationGracePeriodSeconds"] = grace,
            ["resources"] = ofPod is null ? null : JsonNode.Parse(ofPod),
        }, wishes);

    private static Gen<JsonObject> Container(string name) => Resources.Select(r =>
    {
        var container = new JsonObject
        {
            ["name"] = name,
            ["image"] = "registry.example/app:1",
            ["ports"] = name == "server" ? new JsonArray(new JsonObject { ["name"] = "grpc", ["containerPort"] = 8001 }) : null,
        };
        if (r is not null)
        {
            container["resources"] = r.DeepClone();
        }

        return container;
    });

    private static JsonObject Pod(JsonObject[] containers, JsonObject? init, bool native, JsonObject others, string[] wishes)
    {
        var spec = new JsonObject { ["containers"] = new JsonArray([.. containers.Select(c => c.DeepClone())]) };
        if (init is not null)
        {
            var copy = init.DeepClone().AsObject();
            if (native)
            {
                copy["restartPolicy"] = "Always";
            }

            spec["initContainers"] = new JsonArray(copy);
        }

        foreach (var (name, value) in others.Where(o => o.Value is not null))
        {
            spec[name] = value!.DeepClone();
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = "p",
                ["annotations"] = new JsonObject(wishes.SelectMany(w => w.Split(',')).Select(w => w.Split('=')).DistinctBy(w => w[0])
                    .Select(w => KeyValuePair.Create("accuracy-monitor.io/" + w[0], (JsonNode?)w[1]))),
            },
            ["spec"] = spec,
        };
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
