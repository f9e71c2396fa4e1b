using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Decides whether a pod gets a sidecar, and which. Reads nothing but its arguments.</summary>
internal sealed class InjectionDecider(IOptions<InjectionOptions> options)
{
    /// <summary>The first of Kubernetes' minor versions (1.x) with native sidecars on by default.</summary>
    public const int NativeSince = 29;

    private static readonly string[] SystemNamespaces = ["kube-system", "kube-public", "kube-node-lease"];

    private readonly InjectionOptions _common = options.Value;

    /// <param name="pod">As it is to be created.</param>
    /// <param name="namespaceName">The request's: the pod itself need not say.</param>
    /// <param name="space">Null: it could not be read.</param>
    /// <param name="clusterMinor">Minor version of the cluster's 1.x; null: not known.</param>
    public Decision Decide(PodView pod, string namespaceName, NamespaceView? space, int? clusterMinor)
    {
        if (SystemNamespaces.Contains(namespaceName, StringComparer.Ordinal) || _common.ExcludedNamespaces.Contains(namespaceName, StringComparer.Ordinal))
        {
            return Decision.Without(Reason.ExcludedNamespace);
        }

        if (pod.Annotations.ContainsKey(Annotations.MirrorPod))
        {
            return Decision.Without(Reason.MirrorPod);
        }

        if (pod.AllContainers.Any(c => c.Name == SidecarNames.Container))
        {
            return Decision.Without(Reason.AlreadyInjected);
        }

        var wish = Wish(pod.Annotations, pod.Labels) ?? (space is null ? null : Wish(space.Annotations, space.Labels));
        return wish switch
        {
            "true" => Plan(pod, space, clusterMinor),
            "false" => Decision.Without(Reason.OptedOut),
            null when space is null => Decision.Without(Reason.NamespaceUnreadable, $"no sidecar: the namespace {namespaceName} could not be read"),
            null => Decision.Without(Reason.NotRequested),
            _ => Decision.Without(Reason.InvalidAnnotation, $"{Annotations.Inject} is '{wish}'; it must be true or false."),
        };
    }

    private static string? Wish(IReadOnlyDictionary<string, string> annotations, IReadOnlyDictionary<string, string> labels) =>
        annotations.TryGetValue(Annotations.Inject, out var wish) || labels.TryGetValue(Annotations.Inject, out wish) ? wish : null;

    private Decision Plan(PodView pod, NamespaceView? space, int? clusterMinor)
    {
        if (pod.IsWindows)
        {
            return Decision.Without(Reason.UnsupportedOs, "no sidecar: the pod asks for Windows, and the sidecar's image is for Linux");
        }

        if (pod.HostNetwork)
        {
            return Decision.Without(Reason.HostNetwork, "no sidecar: the pod uses the node's network, and the sidecar's ports would be the node's");
        }

        var (request, failures) = RequestReader.Read(Merged(pod, space), _common);
        failures = [.. failures, .. Contradictions(pod, request)];
        if (failures.Count > 0)
        {
            return Decision.Without(Reason.InvalidAnnotation, [.. failures]);
        }

        var (form, refusal) = FormChooser.Choose(pod, request, _common.Sidecar, clusterMinor);
        if (refusal is not null)
        {
            return refusal;
        }

        var plan = Complete(pod, request, form);
        return Collisions.Find(pod, plan) ?? Decision.Inject(plan, space is null ? ["the namespace could not be read; its annotations are not used"] : []);
    }

    /// <summary>The most specific wins, option by option.</summary>
    private static Dictionary<string, string> Merged(PodView pod, NamespaceView? space)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (space?.Annotations ?? NamespaceView.Nothing).Concat(pod.Annotations))
        {
            merged[name] = value;
        }

        return merged;
    }

    private static IEnumerable<string> Contradictions(PodView pod, SidecarRequest request)
    {
        foreach (var name in request.Containers.Where(n => pod.Containers.All(c => c.Name != n)))
        {
            yield return $"{Annotations.Containers} names '{name}'; the pod has {string.Join(", ", pod.Containers.Select(c => c.Name))}.";
        }

        if (request.Mode != CaptureMode.Tap)
        {
            yield break;
        }

        if (request.TapGrpcPort is null && request.TapHttpPort is null)
        {
            yield return $"{Annotations.Mode} is 'tap'; {Annotations.TapGrpcPort} or {Annotations.TapHttpPort} must name the port to stand before.";
        }

        if (request.TapGrpcPort is not null && request.TapGrpcPort == request.TapHttpPort)
        {
            yield return $"{Annotations.TapGrpcPort} and {Annotations.TapHttpPort} are both '{request.TapGrpcPort}'; a Service tells ports by their names.";
        }

        foreach (var (annotation, name, upstreamAnnotation, upstream) in ((string, string?, string, int?)[])
        [
            (Annotations.TapGrpcPort, request.TapGrpcPort, Annotations.TapGrpcUpstream, request.TapGrpcUpstream),
            (Annotations.TapHttpPort, request.TapHttpPort, Annotations.TapHttpUpstream, request.TapHttpUpstream),
        ])
        {
            if (name is not null && SidecarNames.Ports.Contains(name, StringComparer.Ordinal))
            {
                yield return $"{annotation} is '{name}', a port of the sidecar's own.";
            }

            if (name is not null && upstream is null && Upstream(pod, name) is null)
            {
                yield return $"{annotation} is '{name}', which no container declares; {upstreamAnnotation} must say where the application serves.";
            }
        }
    }

    private SidecarPlan Complete(PodView pod, SidecarRequest request, SidecarForm form)
    {
        var tap = request.Mode == CaptureMode.Tap;
        return new SidecarPlan
        {
            Request = request,
            Form = form,
            Resources = pod.IsGuaranteed ? request.Resources.Guaranteed() : request.Resources,
            Reporting = request.Mode != CaptureMode.Sdk ? [] :
                [.. Enumerable.Range(0, pod.Containers.Count)
                    .Where(i => request.Containers.Count == 0 || request.Containers.Contains(pod.Containers[i].Name, StringComparer.Ordinal))],
            DefaultContainer = pod.Containers[0].Name,
            TapGrpc = tap ? Port(request.TapGrpcPort, _common.TapGrpcPort, request.TapGrpcUpstream) : null,
            TapHttp = tap ? Port(request.TapHttpPort, _common.TapHttpPort, request.TapHttpUpstream) : null,

            // A native sidecar outlives the application by itself. The seconds less are for what is under way when the sleep is over.
            DrainSeconds = tap && form == SidecarForm.Plain ? Math.Max(0, Math.Min(request.DrainSeconds, pod.GracePeriod - 5)) : 0,
            Common = _common,
        };

        TapPort? Port(string? name, int port, int? upstream) => name is null ? null : new TapPort(name, port, upstream ?? Upstream(pod, name)!.Value);
    }

    private static int? Upstream(PodView pod, string portName) =>
        pod.Containers.SelectMany(c => c.Ports).Where(p => p.Name == portName).Select(p => (int?)p.Number).FirstOrDefault();
}
