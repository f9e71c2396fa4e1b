using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>
/// Finds what another webhook dropped from a sidecar of ours. A webhook that reads pods by a model older than Kubernetes 1.29 writes them back without
/// <c>restartPolicy</c> of init containers and without the <c>sleep</c> of hooks, and the API server refuses what is left.
/// </summary>
internal static class DamageFinder
{
    /// <param name="pod">With a container of the sidecar's name.</param>
    /// <param name="cluster">What it can do.</param>
    /// <param name="runsLast">No webhook is called after this one, so what is restored stays.</param>
    /// <param name="sleepSeconds">The hook that a plain tap of this pod has; 0: none.</param>
    /// <returns>Null: nothing is damaged, or the sidecar was added by hand.</returns>
    public static Repair? Find(PodView pod, ClusterView cluster, bool runsLast, int sleepSeconds)
    {
        if (!pod.Annotations.ContainsKey(Annotations.Status))
        {
            return null;
        }

        var restorable = runsLast && cluster.HasSleep ? sleepSeconds : 0;
        for (var i = 0; i < pod.InitContainers.Count; i++)
        {
            if (pod.InitContainers[i] is { Name: SidecarNames.Container } sidecar && (string?)sidecar.Json["restartPolicy"] != "Always")
            {
                return new Repair(Choose(pod, cluster, runsLast), IsInit: true, i, restorable);
            }
        }

        foreach (var (container, isInit, index) in pod.InitContainers.Select((c, i) => (c, true, i)).Concat(pod.Containers.Select((c, i) => (c, false, i))))
        {
            if (container.Name == SidecarNames.Container && HasEmptyHook(container.Json))
            {
                return new Repair(RepairKind.Restore, isInit, index, restorable);
            }
        }

        return null;
    }

    public static bool HasEmptyHook(JsonObject container) => container["lifecycle"] is JsonObject lifecycle && lifecycle["preStop"] is JsonObject { Count: 0 };

    private static RepairKind Choose(PodView pod, ClusterView cluster, bool runsLast) => (runsLast && cluster.HasNativeSidecars, pod.EndsByItself) switch
    {
        (true, _) => RepairKind.Restore,

        // A plain sidecar would keep the pod from completing.
        (false, true) => RepairKind.Remove,
        _ => RepairKind.MakePlain,
    };
}
