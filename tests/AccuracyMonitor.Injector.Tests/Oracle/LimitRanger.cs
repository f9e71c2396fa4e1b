using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>The validating half of the admission plugin LimitRanger.</summary>
internal static class LimitRanger
{
    public static IEnumerable<string> Errors(JsonObject pod, OracleCluster cluster)
    {
        var spec = pod["spec"]!.AsObject();
        foreach (var item in cluster.LimitRanges.SelectMany(r => Quantities.Items(r["spec"]!["limits"])))
        {
            var type = (string)item["type"]!;
            foreach (var (requests, limits) in type switch
            {
                "Container" => Defaulting.All(spec).Select(c => (Quantities.Of(c["resources"]?["requests"]), Quantities.Of(c["resources"]?["limits"]))),
                "Pod" => [(Quantities.OfPod(spec, "requests"), Quantities.OfPod(spec, "limits"))],
                _ => [],
            })
            {
                foreach (var error in Of(type, item, requests, limits))
                {
                    yield return error;
                }
            }
        }
    }

    private static IEnumerable<string> Of(string type, JsonObject item, Dictionary<string, decimal> requests, Dictionary<string, decimal> limits)
    {
        foreach (var (name, least) in Quantities.Of(item["min"]))
        {
            var said = $"minimum {name} usage per {type} is {least}";
            if (!requests.TryGetValue(name, out var request))
            {
                yield return $"{said}.  No request is specified";
            }
            else if (request < least)
            {
                yield return $"{said}, but request is {request}";
            }
            else if (limits.TryGetValue(name, out var limit) && limit < least)
            {
                yield return $"{said}, but limit is {limit}";
            }
        }

        foreach (var (name, most) in Quantities.Of(item["max"]))
        {
            var said = $"maximum {name} usage per {type} is {most}";
            if (!limits.TryGetValue(name, out var limit))
            {
                yield return $"{said}.  No limit is specified";
            }
            else if (limit > most)
            {
                yield return $"{said}, but limit is {limit}";
            }
            else if (requests.TryGetValue(name, out var request) && request > most)
            {
                yield return $"{said}, but request is {request}";
            }
        }

        foreach (var (name, ratio) in Quantities.Of(item["maxLimitRequestRatio"]))
        {
            var said = $"{name} max limit to request ratio per {type} is {ratio}";
            if (!requests.TryGetValue(name, out var request) || request == 0)
            {
                yield return $"{said}, but no request is specified or request is 0";
            }
            else if (!limits.TryGetValue(name, out var limit) || limit == 0)
            {
                yield return $"{said}, but no limit is specified or limit is 0";
            }
            else if (limit / request > ratio)
            {
                yield return $"{said}, but provided ratio is {limit / request}";
            }
        }
    }
}
