using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>What webhooks of others do to pods.</summary>
internal static class OtherWebhooks
{
    /// <summary>Reads and writes pods by a model older than Kubernetes 1.29: fields that it does not know are gone.</summary>
    public static JsonObject OldModel(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        foreach (var container in Quantities.Items(spec["initContainers"]))
        {
            container.Remove("restartPolicy");
        }

        foreach (var container in Defaulting.All(spec))
        {
            (container["lifecycle"]?["preStop"] as JsonObject)?.Remove("sleep");
        }

        return pod;
    }

    /// <summary>Adds a container of its own before the application's, once.</summary>
    public static JsonObject MeshProxy(JsonObject pod)
    {
        var containers = pod["spec"]!["containers"]!.AsArray();
        if (!containers.Any(c => (string?)c!["name"] == "mesh"))
        {
            containers.Insert(0, JsonNode.Parse("""
                { "name": "mesh", "image": "registry.example/mesh:1",
                  "resources": { "requests": { "cpu": "10m", "memory": "40Mi" }, "limits": { "cpu": "20m", "memory": "60Mi" } } }
                """));
        }

        return pod;
    }

    /// <summary>Adds a variable to every container that lacks it, init containers too.</summary>
    public static JsonObject Variables(JsonObject pod)
    {
        foreach (var container in Defaulting.All(pod["spec"]!.AsObject()))
        {
            if (container["env"] is not JsonArray env)
            {
                container["env"] = env = [];
            }

            if (!env.Any(e => (string?)e!["name"] == "AWS_REGION"))
            {
                env.Add(new JsonObject { ["name"] = "AWS_REGION", ["value"] = "eu" });
            }
        }

        return pod;
    }
}
