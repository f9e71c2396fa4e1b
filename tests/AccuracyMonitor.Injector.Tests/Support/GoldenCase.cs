using System.Text.Json;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Patching;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Tests.Support;

/// <summary>A pod, its surroundings, and the answer to them: a pair of files.</summary>
internal sealed class GoldenCase(JsonObject content)
{
    public const string Image = "registry.example/accuracy-monitor-sidecar:0.1.0";

    public static readonly string Folder = Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Injector.Tests", "Golden");

    public JsonObject Pod => content["pod"]!.AsObject();

    public string Namespace => (string)content["namespace"]!;

    public static GoldenCase Read(string name) => new(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".in.json")))!.AsObject());

    public Decision Decide(JsonObject pod)
    {
        var says = content["namespaceSays"];
        var space = says is null ? null : new NamespaceView(PodView.Texts(says["labels"]), PodView.Texts(says["annotations"]));
        return Decider().Decide(new PodView(pod), new Surroundings
        {
            Namespace = Namespace,
            Space = space,
            Cluster = new ClusterView((int?)content["clusterMinor"], (bool?)content["openShift"] ?? false),
            Rules = Rules(Objects("limitRanges"), Objects("resourceQuotas")),
        });
    }

    public JsonObject Answer()
    {
        var decision = Decide(Pod);
        return new JsonObject
        {
            ["outcome"] = Reason.Label(decision.Reason.Outcome),
            ["reason"] = decision.Reason.Name,
            ["warnings"] = new JsonArray([.. decision.Warnings.Select(w => (JsonNode)w)]),
            ["patch"] = DecisionPatch.Create(new PodView(Pod), decision),
        };
    }

    /// <summary>From objects as the API server lists them.</summary>
    public static ResourceRules Rules(IEnumerable<JsonObject> ranges, IEnumerable<JsonObject> quotas) => ResourceRules.Of(
        ranges.Select(r => KubernetesJson.Deserialize<V1LimitRange>(r.ToJsonString())),
        quotas.Select(q => KubernetesJson.Deserialize<V1ResourceQuota>(q.ToJsonString())));

    private IEnumerable<JsonObject> Objects(string name) => (content[name] as JsonArray ?? []).OfType<JsonObject>();

    private InjectionDecider Decider()
    {
        var options = content["injection"]?.Deserialize<InjectionOptions>() ?? new InjectionOptions();
        options.Image = Image;
        return new InjectionDecider(Options.Create(options));
    }
}
