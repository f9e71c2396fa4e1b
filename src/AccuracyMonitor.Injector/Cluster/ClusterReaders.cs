using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Cluster;

/// <summary>All that is read of the cluster for a decision.</summary>
internal sealed class ClusterReaders(NamespaceReader namespaces, NamespaceRules rules, ClusterFacts facts)
{
    public async Task<Surroundings> AroundAsync(string space, CancellationToken cancel) => new()
    {
        Namespace = space,
        Space = await namespaces.ReadAsync(space, cancel),
        Cluster = facts.View,
        Rules = rules.Of(space),
    };
}
