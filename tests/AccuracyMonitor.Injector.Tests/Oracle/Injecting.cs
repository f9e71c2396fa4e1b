using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Patching;
using AccuracyMonitor.Injector.Tests.Support;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>The injector as one webhook among others.</summary>
/// <param name="runsLast">Its configuration is called zz-… as the chart's, or sorts before others.</param>
/// <param name="cluster">As the injector knows it.</param>
internal sealed class Injecting(bool runsLast, OracleCluster cluster)
{
    private readonly InjectionDecider _decider = new(Options.Create(new InjectionOptions { Image = GoldenCase.Image, RunsLast = runsLast }));

    /// <summary>What was decided, in the order of the calls.</summary>
    public List<Decision> Decisions { get; } = [];

    public bool KnowsVersion { get; init; } = true;

    public OracleWebhook Webhook => new(runsLast ? "zz-accuracy-monitor-injector" : "accuracy-monitor-injector", Reinvoked: true, Call);

    private JsonObject Call(JsonObject pod)
    {
        var view = new PodView(pod);
        var decision = _decider.Decide(view, new Surroundings
        {
            Namespace = "vision",
            Space = new NamespaceView(new Dictionary<string, string>(StringComparer.Ordinal) { [Annotations.Inject] = "true" }, NamespaceView.Nothing),
            Cluster = new ClusterView(KnowsVersion ? cluster.Minor : null, cluster.Users is not null),
            Rules = GoldenCase.Rules(cluster.LimitRanges, cluster.Quotas),
        });
        Decisions.Add(decision);
        return Patched.Apply(pod, DecisionPatch.Create(view, decision));
    }
}
