using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>The admission plugin ResourceQuota, for a pod.</summary>
internal static class QuotaRules
{
    private static readonly string[] DemandedOfContainers = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

    public static IEnumerable<string> Errors(JsonObject pod, OracleCluster cluster)
    {
        var spec = pod["spec"]!.AsObject();
        var usage = Named(Quantities.OfPod(spec, "requests"), Quantities.OfPod(spec, "limits"));
        usage["pods"] = 1;
        var ofPod = spec["resources"] is JsonObject { Count: > 0 };
        foreach (var quota in cluster.Quotas.Where(q => Matches(q, spec)))
        {
            var name = (string)quota["metadata"]!["name"]!;
            var (hard, used) = (Quantities.Of(quota["status"]!["hard"]), Quantities.Of(quota["status"]!["used"]));
            foreach (var container in Defaulting.All(spec).Where(_ => !ofPod))
            {
                var given = Named(Quantities.Of(container["resources"]?["requests"]), Quantities.Of(container["resources"]?["limits"]));
                string[] missing = [.. hard.Keys.Where(k => DemandedOfContainers.Contains(k) && !given.ContainsKey(k)).Order(StringComparer.Ordinal)];
                if (missing.Length > 0)
                {
                    yield return $"failed quota: {name}: must specify {string.Join(',', missing)} for: {container["name"]}";
                }
            }

            foreach (var (key, most) in hard)
            {
                if (usage.TryGetValue(key, out var more) && more > 0 && used.GetValueOrDefault(key) + more > most)
                {
                    yield return $"exceeded quota: {name}, requested: {key}={more}, used: {key}={used.GetValueOrDefault(key)}, limited: {key}={most}";
                }
            }
        }
    }

    private static Dictionary<string, decimal> Named(Dictionary<string, decimal> requests, Dictionary<string, decimal> limits)
    {
        Dictionary<string, decimal> named = new(StringComparer.Ordinal);
        foreach (var (name, value) in requests)
        {
            named[name] = named["requests." + name] = value;
        }

        foreach (var (name, value) in limits)
        {
            named["limits." + name] = value;
        }

        return named;
    }

    private static bool Matches(JsonObject quota, JsonObject spec)
    {
        var bestEffort = Defaulting.All(spec).All(c => Quantities.Of(c["resources"]?["requests"]).Where(IsForQos).All(p => p.Value == 0)
                && Quantities.Of(c["resources"]?["limits"]).Where(IsForQos).All(p => p.Value == 0))
            && spec["resources"] is not JsonObject { Count: > 0 };
        var terminating = spec["activeDeadlineSeconds"] is not null;
        return (quota["spec"]?["scopes"] as JsonArray ?? []).All(s => (string?)s switch
        {
            "BestEffort" => bestEffort,
            "NotBestEffort" => !bestEffort,
            "Terminating" => terminating,
            "NotTerminating" => !terminating,
            _ => true,
        });

        static bool IsForQos(KeyValuePair<string, decimal> p) => p.Key is "cpu" or "memory";
    }
}
