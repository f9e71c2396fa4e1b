using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>Rules of the API server's validation of pods that an injected sidecar could break, in the API server's words.</summary>
internal static class PodValidation
{
    private static readonly string[] Probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    private static readonly string[] Handlers = ["exec", "httpGet", "tcpSocket", "sleep", "grpc"];

    public static IEnumerable<string> Errors(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        var grace = (long?)spec["terminationGracePeriodSeconds"] ?? 30;
        HashSet<string> names = [];
        HashSet<string> volumes = [];
        foreach (var (volume, i) in Quantities.Items(spec["volumes"]).Select((v, i) => (v, i)))
        {
            if (!volumes.Add((string?)volume["name"] ?? ""))
            {
                yield return $"spec.volumes[{i}].name: Duplicate value";
            }
        }

        foreach (var list in (string[])["containers", "initContainers"])
        {
            foreach (var (container, i) in Quantities.Items(spec[list]).Select((c, i) => (c, i)))
            {
                var path = $"spec.{list}[{i}]";
                if (!names.Add((string?)container["name"] ?? ""))
                {
                    yield return $"{path}.name: Duplicate value";
                }

                foreach (var error in OfContainer(container, path, volumes, grace).Concat(OfPlace(container, path, list == "initContainers")))
                {
                    yield return error;
                }
            }
        }

        foreach (var error in OfPodLevel(spec))
        {
            yield return error;
        }
    }

    public static IEnumerable<string> OfUsers(JsonObject pod, OracleCluster cluster)
    {
        if (cluster.Users is not var (first, count))
        {
            yield break;
        }

        foreach (var context in Defaulting.All(pod["spec"]!.AsObject()).Select(c => c["securityContext"]).Append(pod["spec"]!["securityContext"]))
        {
            if ((long?)context?["runAsUser"] is { } user && (user < first || user >= first + count))
            {
                yield return $"securityContext.runAsUser: Invalid value: {user}: must be in the ranges: [{first}, {first + count - 1}]";
            }
        }
    }

    private static IEnumerable<string> OfPlace(JsonObject container, string path, bool isInit)
    {
        var always = (string?)container["restartPolicy"] == "Always";
        if (!isInit && container["restartPolicy"] is not null)
        {
            yield return $"{path}.restartPolicy: Forbidden: may not be set for non-init containers";
        }

        foreach (var field in (string[])["lifecycle", .. Probes])
        {
            if (isInit && !always && container[field] is not null)
            {
                yield return $"{path}.{field}: Forbidden: may not be set for init containers without restartPolicy=Always";
            }
        }
    }

    private static IEnumerable<string> OfContainer(JsonObject container, string path, HashSet<string> volumes, long grace)
    {
        foreach (var hook in ((string[])["preStop", "postStart"]).Where(h => container["lifecycle"]?[h] is not null))
        {
            var handler = container["lifecycle"]![hook]!.AsObject();
            if (!handler.Any(h => Handlers.Contains(h.Key)))
            {
                yield return $"{path}.lifecycle.{hook}: Required value: must specify a handler type";
            }

            if ((long?)handler["sleep"]?["seconds"] is { } seconds && (seconds < 1 || seconds > grace))
            {
                yield return $"{path}.lifecycle.{hook}.sleep: Invalid value: {seconds}: must be greater than 0 and less than {grace}";
            }
        }

        foreach (var probe in Probes.Where(p => container[p] is not null))
        {
            if (!container[probe]!.AsObject().Any(h => Handlers.Contains(h.Key)))
            {
                yield return $"{path}.{probe}: Required value: must specify a handler type";
            }
        }

        var mounts = Quantities.Items(container["volumeMounts"]).ToList();
        if (mounts.DistinctBy(m => (string?)m["mountPath"]).Count() != mounts.Count)
        {
            yield return $"{path}.volumeMounts.mountPath: Invalid value: must be unique";
        }

        foreach (var mount in mounts.Where(m => !volumes.Contains((string?)m["name"] ?? "")))
        {
            yield return $"{path}.volumeMounts.name: Not found: {mount["name"]}";
        }

        var ports = Quantities.Items(container["ports"]).Select(p => (string?)p["name"]).OfType<string>().ToList();
        if (ports.Distinct(StringComparer.Ordinal).Count() != ports.Count)
        {
            yield return $"{path}.ports.name: Duplicate value";
        }

        var limits = Quantities.Of(container["resources"]?["limits"]);
        foreach (var (name, request) in Quantities.Of(container["resources"]?["requests"]))
        {
            if (limits.TryGetValue(name, out var limit) && request > limit)
            {
                yield return $"{path}.resources.requests: Invalid value: must be less than or equal to {name} limit of {limit}";
            }
        }
    }

    private static IEnumerable<string> OfPodLevel(JsonObject spec)
    {
        if (spec["resources"] is not JsonObject { Count: > 0 } ofPod)
        {
            yield break;
        }

        var (requests, limits) = (Quantities.Of(ofPod["requests"]), Quantities.Of(ofPod["limits"]));
        foreach (var (name, sum) in Quantities.OfContainers(spec, "requests").Where(p => p.Key is "cpu" or "memory"))
        {
            if (sum > requests.GetValueOrDefault(name))
            {
                yield return $"spec.resources.requests[{name}]: Invalid value: must be greater than or equal to aggregate container requests of {sum}";
            }
        }

        foreach (var container in Defaulting.All(spec))
        {
            foreach (var (name, limit) in Quantities.Of(container["resources"]?["limits"]))
            {
                if (limits.TryGetValue(name, out var most) && limit > most)
                {
                    yield return $"spec.containers.resources.limits[{name}]: Invalid value: must be less than or equal to pod limits of {most}";
                }
            }
        }
    }
}
