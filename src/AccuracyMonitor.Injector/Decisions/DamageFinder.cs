using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>
/// Finds what other webhooks did to a sidecar of ours. Those that read pods by a model older than Kubernetes 1.29 write them back without
/// <c>restartPolicy</c> of init containers and without the <c>sleep</c> of hooks, and the API server refuses what is left. Those that add containers
/// may leave too little of a quota.
/// </summary>
internal static class DamageFinder
{
    /// <param name="pod">With a container of the sidecar's name.</param>
    /// <param name="around">Where it is to be made.</param>
    /// <param name="runsLast">No webhook is called after this one, so what is restored stays.</param>
    /// <param name="sleepSeconds">The hook that a plain tap of this pod has; 0: none.</param>
    /// <returns>The repair, and why the sidecar must go where it does for its resources; both null: nothing is damaged, or it was added by hand.</returns>
    public static (Repair? Repair, Decision? Refusal) Find(PodView pod, Surroundings around, bool runsLast, int sleepSeconds)
    {
        if (!pod.Annotations.ContainsKey(Annotations.Status))
        {
            return (null, null);
        }

        var (sidecar, isInit, index) = pod.InitContainers.Select((c, i) => (c, true, i)).Concat(pod.Containers.Select((c, i) => (c, false, i)))
            .First(static c => c.c.Name == SidecarNames.Container);
        var whole = new Repair(RepairKind.Restore, isInit, index, runsLast && around.Cluster.HasSleep ? sleepSeconds : 0);
        Repair? repair = null;
        if (isInit && (string?)sidecar.Json["restartPolicy"] != "Always")
        {
            repair = whole with { Kind = Choose(pod, around.Cluster, runsLast) };
        }
        else if (HasEmptyHook(sidecar.Json))
        {
            repair = whole;
        }

        var others = Without(pod, isInit, index);
        var present = SidecarResources.Of(sidecar.Json["resources"]);
        if (ResourceFit.Holds(others, present, around))
        {
            return (repair, null);
        }

        var (fitted, refusal) = ResourceFit.Fit(others, present, around);
        return fitted is null ? (whole with { Kind = RepairKind.Remove }, refusal) : ((repair ?? whole) with { Resources = fitted }, null);
    }

    public static bool HasEmptyHook(JsonObject container) => container["lifecycle"] is JsonObject lifecycle && lifecycle["preStop"] is JsonObject { Count: 0 };

    private static RepairKind Choose(PodView pod, ClusterView cluster, bool runsLast) => (runsLast && cluster.HasNativeSidecars, pod.EndsByItself) switch
    {
        (true, _) => RepairKind.Restore,

        // A plain sidecar would keep the pod from completing.
        (false, true) => RepairKind.Remove,
        _ => RepairKind.MakePlain,
    };

    private static PodView Without(PodView pod, bool isInit, int index)
    {
        var others = pod.Json.DeepClone().AsObject();
        others["spec"]![isInit ? "initContainers" : "containers"]!.AsArray().RemoveAt(index);
        return new PodView(others);
    }
}
