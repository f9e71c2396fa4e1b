using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>What the API server writes into a pod by itself: its defaults, those of LimitRanges, and the fields that this version does not keep.</summary>
internal static class Defaulting
{
    /// <summary>When a pod is read, from its creator or from a webhook.</summary>
    public static void OnReading(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        foreach (var container in All(spec))
        {
            if (container["resources"]?["limits"] is JsonObject limits)
            {
                Fill(container["resources"]!.AsObject(), "requests", limits);
            }
        }

        if (spec["resources"] is JsonObject { Count: > 0 } ofPod && ofPod["limits"] is JsonObject { Count: > 0 } podLimits)
        {
            Fill(ofPod, "requests", new JsonObject(Quantities.OfContainers(spec, "requests").Where(p => p.Key is "cpu" or "memory")
                .Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)))));
            Fill(ofPod, "requests", podLimits);
        }
    }

    /// <summary>Before it is validated, after every webhook.</summary>
    public static void DropUnknownFields(JsonObject pod, OracleCluster cluster)
    {
        var spec = pod["spec"]!.AsObject();
        if (!cluster.HasPodLevelResources)
        {
            spec.Remove("resources");
        }

        foreach (var container in Quantities.Items(spec["initContainers"]).Where(_ => cluster.Minor < 29))
        {
            container.Remove("restartPolicy");
        }

        foreach (var container in All(spec).Where(_ => cluster.Minor < 30))
        {
            foreach (var hook in (string[])["preStop", "postStart"])
            {
                (container["lifecycle"]?[hook] as JsonObject)?.Remove("sleep");
            }
        }
    }

    /// <summary>LimitRanger's: before the webhooks, and again after one has changed the pod.</summary>
    public static void OfLimitRanges(JsonObject pod, OracleCluster cluster)
    {
        foreach (var item in cluster.LimitRanges.SelectMany(r => Quantities.Items(r["spec"]!["limits"])).Where(i => (string?)i["type"] == "Container"))
        {
            var stored = Stored(item);
            foreach (var container in All(pod["spec"]!.AsObject()))
            {
                if (container["resources"] is not JsonObject resources)
                {
                    container["resources"] = resources = [];
                }

                Fill(resources, "limits", stored["default"] as JsonObject);
                Fill(resources, "requests", stored["defaultRequest"] as JsonObject);
            }
        }
    }

    /// <summary>A LimitRange has defaults of its own when it is stored: the maximum, and the minimum of requests.</summary>
    public static JsonObject Stored(JsonObject item)
    {
        var stored = item.DeepClone().AsObject();
        if ((string?)item["type"] == "Container")
        {
            Fill(stored, "default", stored["max"] as JsonObject);
            Fill(stored, "defaultRequest", stored["default"] as JsonObject);
            Fill(stored, "defaultRequest", stored["min"] as JsonObject);
        }

        return stored;
    }

    public static IEnumerable<JsonObject> All(JsonObject spec) => Quantities.Items(spec["containers"]).Concat(Quantities.Items(spec["initContainers"]));

    private static void Fill(JsonObject map, string name, JsonObject? from)
    {
        if (from is null || from.Count == 0)
        {
            return;
        }

        if (map[name] is not JsonObject to)
        {
            map[name] = to = [];
        }

        foreach (var (key, value) in from)
        {
            if (!to.ContainsKey(key))
            {
                to[key] = value!.DeepClone();
            }
        }
    }
}
