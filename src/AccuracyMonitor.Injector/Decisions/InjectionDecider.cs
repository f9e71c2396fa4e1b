using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Decides whether a pod gets a sidecar, and which. Reads nothing but its arguments.</summary>
internal sealed class InjectionDecider(IOptions<InjectionOptions> options)
{
    /// <summary>The image's.</summary>
    private const int DefaultUser = 1654;

    private const string UserRange = "openshift.io/sa.scc.uid-range";

    private static readonly string[] SystemNamespaces = ["kube-system", "kube-public", "kube-node-lease"];

    private readonly InjectionOptions _common = options.Value;

    /// <param name="pod">As it is to be created.</param>
    /// <param name="around">Where it is to be made.</param>
    public Decision Decide(PodView pod, Surroundings around)
    {
        var (namespaceName, space) = (around.Namespace, around.Space);
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
            return Repaired(pod, around);
        }

        var wish = Wish(pod.Annotations, pod.Labels) ?? (space is null ? null : Wish(space.Annotations, space.Labels));
        return wish switch
        {
            "true" => Plan(pod, around),
            "false" => Decision.Without(Reason.OptedOut),
            null when space is null => Decision.Without(Reason.NamespaceUnreadable, $"no sidecar: the namespace {namespaceName} could not be read"),
            null => Decision.Without(Reason.NotRequested),
            _ => Decision.Without(Reason.InvalidAnnotation, $"{Annotations.Inject} is '{wish}'; it must be true or false."),
        };
    }

    private static string? Wish(IReadOnlyDictionary<string, string> annotations, IReadOnlyDictionary<string, string> labels) =>
        annotations.TryGetValue(Annotations.Inject, out var wish) || labels.TryGetValue(Annotations.Inject, out wish) ? wish : null;

    /// <summary>The webhook is called again after others changed the pod.</summary>
    private Decision Repaired(PodView pod, Surroundings around)
    {
        var (request, _) = RequestReader.Read(Merged(pod, around.Space), _common);
        var sleep = DrainSeconds(pod, request, SidecarForm.Plain, around.Cluster);
        var (found, refusal) = DamageFinder.Find(pod, around, _common.RunsLast, sleep);
        if (refusal is not null)
        {
            return refusal with { Repair = found };
        }

        return found switch
        {
            null => Decision.Without(Reason.AlreadyInjected),
            { Kind: RepairKind.Restore, Resources: { } resources } repair => new Decision(
                Reason.Refitted, null, [$"the sidecar's resources were fitted to what other webhooks left: {resources}"], repair),
            { Kind: RepairKind.Restore } repair => new Decision(Reason.Restored, null, [], repair),
            { Kind: RepairKind.MakePlain } repair => new Decision(
                Reason.MadePlain, null, ["another webhook dropped restartPolicy of the native sidecar; it is a plain container now"], repair),
            var repair => new Decision(
                Reason.SidecarDamaged,
                null,
                ["no sidecar: another webhook dropped its restartPolicy, and a plain sidecar would keep the pod from ending by itself"],
                repair),
        };
    }

    private Decision Plan(PodView pod, Surroundings around)
    {
        var space = around.Space;
        if (pod.IsWindows)
        {
            return Decision.Without(Reason.UnsupportedOs, "no sidecar: the pod asks for Windows, and the sidecar's image is for Linux");
        }

        if (pod.Containers.Count == 0)
        {
            return Decision.Without(Reason.NoContainer, "no sidecar: the pod has no container");
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

        var (form, refusal) = FormChooser.Choose(pod, request, _common.Sidecar, around.Cluster);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = pod.IsGuaranteed ? request.Resources.Guaranteed() : request.Resources;
        var (resources, doesNotFit) = ResourceFit.Fit(pod, wanted, around);
        if (resources is null)
        {
            return doesNotFit!;
        }

        var plan = Complete(pod, request, form, around) with { Resources = resources };
        return Collisions.Find(pod, plan) ?? Decision.Inject(plan,
        [
            .. space is null ? ["the namespace could not be read; its annotations are not used"] : (string[])[],
            .. resources != wanted ? [$"the sidecar's resources were fitted to the rules here: {resources}"] : (string[])[],
        ]);
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

    private SidecarPlan Complete(PodView pod, SidecarRequest request, SidecarForm form, Surroundings around)
    {
        var tap = request.Mode == CaptureMode.Tap;
        return new SidecarPlan
        {
            Request = request,
            Form = form,
            Resources = request.Resources,
            Reporting = request.Mode != CaptureMode.Sdk ? [] :
                [.. Enumerable.Range(0, pod.Containers.Count)
                    .Where(i => request.Containers.Count == 0 || request.Containers.Contains(pod.Containers[i].Name, StringComparer.Ordinal))],
            DefaultContainer = pod.Containers[0].Name,
            TapGrpc = tap ? Port(request.TapGrpcPort, _common.TapGrpcPort, request.TapGrpcUpstream) : null,
            TapHttp = tap ? Port(request.TapHttpPort, _common.TapHttpPort, request.TapHttpUpstream) : null,
            DrainSeconds = DrainSeconds(pod, request, form, around.Cluster),
            User = User(around),
            Common = _common,
        };

        TapPort? Port(string? name, int port, int? upstream) => name is null ? null : new TapPort(name, port, upstream ?? Upstream(pod, name)!.Value);
    }

    /// <summary>
    /// A native sidecar outlives the application by itself. Where the cluster may not know the hook there is none: a hook that the API server drops
    /// leaves an empty one, which it refuses. Five seconds remain for what is under way when the sleep is over.
    /// </summary>
    private static int DrainSeconds(PodView pod, SidecarRequest request, SidecarForm form, ClusterView cluster) =>
        request.Mode == CaptureMode.Tap && form == SidecarForm.Plain && cluster.HasSleep
            ? Math.Max(0, Math.Min(request.DrainSeconds, pod.GracePeriod - 5))
            : 0;

    /// <summary>OpenShift refuses a user out of the namespace's range, and assigns one of it where none is named. While it is not known whether this is
    /// OpenShift none is named: the image has a user of its own.</summary>
    private int? User(Surroundings around) => _common.RunAsUser switch
    {
        { } user => user < 0 ? null : user,
        null => around.Cluster.IsOpenShift != false || around.Space?.Annotations.ContainsKey(UserRange) == true ? null : DefaultUser,
    };

    private static int? Upstream(PodView pod, string portName) =>
        pod.Containers.SelectMany(c => c.Ports).Where(p => p.Name == portName).Select(p => (int?)p.Number).FirstOrDefault();
}
