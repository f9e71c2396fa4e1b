using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Patching;
using AccuracyMonitor.Injector.Tests.Support;
using CsCheck;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Tests.Decisions;

/// <summary>Pods of every shape, lists that are missing, null, empty or full, and annotations in any combination.</summary>
public sealed class RandomPodTests
{
    private static readonly InjectionDecider Decider = new(Options.Create(new InjectionOptions { Image = GoldenCase.Image }));

    private static readonly Gen<JsonNode?> Absent = Any<string?>(null, "null", "[]").Select(t => t is null ? null : JsonNode.Parse(t));

    private static readonly Gen<JsonObject> Container =
        from name in Any("server", "helper", "proxy", "accuracy-monitor-server")
        from env in List("env", Any("A", "ACCURACY_MONITOR_MODEL", "ACCURACY_MONITOR_ADDRESS").Select(n => new JsonObject { ["name"] = n, ["value"] = "x" }))
        from ports in List("ports",
            Any(8000, 8001, 7701, 7704).Select(Any("grpc", "http", "other")).Select((number, n) => new JsonObject { ["name"] = n, ["containerPort"] = number }))
        from mounts in List(
            "volumeMounts", Any("/models", "/var/run/accuracy-monitor", "/tmp").Select(p => new JsonObject { ["name"] = "models", ["mountPath"] = p }))
        from limits in Gen.Bool
        select With(new JsonObject { ["name"] = name, ["image"] = "registry.example/app:1" }, env, ports, mounts,
            limits ? ("resources", JsonNode.Parse("""{ "limits": { "cpu": "1", "memory": "1Gi" } }""")) : null);

    private static readonly Gen<JsonObject> Pod =
        from containers in Container.Array[1, 3]
        from init in List("initContainers", Container)
        from volumes in List("volumes", Any("models", "accuracy-monitor-data").Select(n => new JsonObject { ["name"] = n, ["emptyDir"] = new JsonObject() }))
        from annotations in Any(
            "mode=tap", "mode=sink", "sidecar=plain", "sidecar=native", "model=m", "objective=0.9", "objective=9", "tap-grpc-port=grpc", "tap-http-port=http",
            "tap-http-upstream=8000",
            "tap-grpc-upstream=8001", "monitor=configmap://m/k", "monitor=pvc://c/k", "grpc-port=7700", "memory-limit=1Gi", "inject=true", "drain-seconds=600")
                .Array[0, 5]
        from grace in Any<string?>(null, "0", "3", "600")
        from restart in Any<string?>(null, "Always", "Never")
        select new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = "p", ["annotations"] = annotations.Length == 0 ? null : Annotated(annotations) },
            ["spec"] = With(
                new JsonObject { ["containers"] = new JsonArray([.. Distinct(containers)]) }, init, volumes,
                grace is null ? null : ("terminationGracePeriodSeconds", JsonNode.Parse(grace)), restart is null ? null : ("restartPolicy", restart)),
        };

    [Fact]
    public void A_patch_adds_only_once_and_leaves_a_valid_pod()
    {
        var injected = 0;
        Pod.Select(Any<int?>(null, 28, 33)).Sample(
            (made, minor) =>
            {
                var pod = JsonNode.Parse(made.ToJsonString())!.AsObject();
                var space = new NamespaceView(new Dictionary<string, string>(StringComparer.Ordinal) { [Annotations.Inject] = "true" }, NamespaceView.Nothing);
                var around = new Surroundings { Namespace = "vision", Space = space, Cluster = new ClusterView(minor, IsOpenShift: false) };
                var before = pod.ToJsonString();
                var decision = Decider.Decide(new PodView(pod), around);
                if (decision.Plan is not { } plan)
                {
                    decision.Reason.ShouldNotBe(Reason.Requested);
                    return;
                }

                Interlocked.Increment(ref injected);
                var patch = PodPatch.Create(new PodView(pod), plan);
                pod.ToJsonString().ShouldBe(before, "writing a patch changes nothing");
                patch.ShouldAllBe(o => (string)o!["op"]! == "add");
                var after = Patched.Apply(pod, patch);
                Patched.ShouldContain(after, pod);
                var parsed = Patched.ParseStrictly(after);
                Decider.Decide(new PodView(after), around).Reason.ShouldBe(Reason.AlreadyInjected);

                // What the API server refuses.
                foreach (var container in parsed.Spec.Containers)
                {
                    (container.VolumeMounts ?? []).Select(m => m.MountPath.TrimEnd('/')).Count(p => p == SidecarNames.SocketFolder)
                        .ShouldBeLessThanOrEqualTo(1);
                    (container.Env ?? []).Count(e => e.Name == "ACCURACY_MONITOR_ADDRESS").ShouldBeLessThanOrEqualTo(Math.Max(1, Given(pod, container.Name)));
                }

                var sidecar = (parsed.Spec.InitContainers ?? []).Concat(parsed.Spec.Containers).Single(c => c.Name == SidecarNames.Container);
                sidecar.Ports.Select(p => p.Name).ShouldBeUnique();
                sidecar.Ports.Select(p => p.ContainerPort).ShouldBeUnique();
                parsed.Spec.Volumes.Select(v => v.Name).Count(n => n == SidecarNames.DataVolume).ShouldBe(1);
                (sidecar.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0)
                    .ShouldBeLessThan(Math.Max(1, parsed.Spec.TerminationGracePeriodSeconds ?? 30), "or the pod would be killed in its sleep");
            },
            iter: 600, seed: "0000KsVDXxS4", threads: 1);
        injected.ShouldBeGreaterThan(100);
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static int Given(JsonObject pod, string container) => pod["spec"]!["containers"]!.AsArray()
        .Where(c => (string?)c!["name"] == container)
            .Sum(c => c!["env"] is JsonArray env ? env.Count(e => (string?)e!["name"] == "ACCURACY_MONITOR_ADDRESS") : 0);

    private static Gen<(string, JsonNode?)?> List(string name, Gen<JsonObject> items) => Gen.OneOf(
        Any<(string, JsonNode?)?>([null]),
        Absent.Select(a => ((string, JsonNode?)?)(name, a)),
        items.Array[1, 3].Select(a => ((string, JsonNode?)?)(name, new JsonArray([.. Distinct(a)]))));

    /// <summary>As the API server demands of every list here.</summary>
    private static IEnumerable<JsonObject> Distinct(IEnumerable<JsonObject> items) => items.DistinctBy(i => (string?)i["mountPath"] ?? (string?)i["name"]);

    private static JsonObject Annotated(string[] annotations) =>
        new(annotations.Select(a => a.Split('=')).DistinctBy(a => a[0]).Select(a => KeyValuePair.Create(Annotations.Prefix + a[0], (JsonNode?)a[1])));

    private static JsonObject With(JsonObject map, params (string Name, JsonNode? Value)?[] members)
    {
        foreach (var member in members)
        {
            if (member is var (name, value))
            {
                map[name] = value?.DeepClone();
            }
        }

        return map;
    }
}
