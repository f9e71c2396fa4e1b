using System.Globalization;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Patching;

/// <summary>Writes a plan as additions to the pod: nothing that is there is changed.</summary>
internal static class PodPatch
{
    public static JsonArray Create(PodView pod, SidecarPlan plan)
    {
        var patch = new JsonPatch(pod.Json);

        // Entries of the application's containers first: their indices change once a sidecar stands before them.
        foreach (var index in plan.Reporting)
        {
            var container = pod.Containers[index];
            string[] path = ["spec", "containers", index.ToString(CultureInfo.InvariantCulture)];
            patch.AddItems([.. path, "env"], [.. ClientVariables(plan).Where(v => !container.Variables.Contains(v.Name, StringComparer.Ordinal))
                .Select(v => SidecarContainer.Variable(v.Name, v.Value))]);
            patch.AddItems([.. path, "volumeMounts"], [SidecarContainer.Mount(SidecarNames.SocketVolume, SidecarNames.SocketFolder, readOnly: true)]);
        }

        patch.AddItems(["spec", "volumes"], Volumes(plan));
        var sidecar = SidecarContainer.Create(plan);
        patch.AddItems(["spec", plan.Form == SidecarForm.Native ? "initContainers" : "containers"], [sidecar], plan.ComesFirst);
        patch.AddMembers(["metadata", "labels"], [KeyValuePair.Create(Annotations.InjectedLabel, "true")]);
        patch.AddMembers(
            ["metadata", "annotations"],
            [KeyValuePair.Create(Annotations.Status, Status(plan)), KeyValuePair.Create(Annotations.DefaultContainer, plan.DefaultContainer)]);
        return patch.Operations;
    }

    /// <summary>What the client library reads where the application's own settings say nothing.</summary>
    private static IEnumerable<(string Name, string Value)> ClientVariables(SidecarPlan plan)
    {
        yield return ("ACCURACY_MONITOR_ADDRESS", $"unix://{SidecarNames.Socket}");
        if (plan.Request.Model is { } model)
        {
            yield return ("ACCURACY_MONITOR_MODEL", model);
        }

        if (plan.Request.Version is { } version)
        {
            yield return ("ACCURACY_MONITOR_VERSION", version);
        }

        if (plan.Request.ClassCount is { } count)
        {
            yield return ("ACCURACY_MONITOR_CLASS_COUNT", count.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// Without a size limit, on purpose: Kubernetes evicts the whole pod, application and all, when a volume outgrows it.
    /// </summary>
    private static List<JsonObject> Volumes(SidecarPlan plan)
    {
        List<JsonObject> volumes =
        [
            new() { ["name"] = SidecarNames.SocketVolume, ["emptyDir"] = new JsonObject() },
            new() { ["name"] = SidecarNames.DataVolume, ["emptyDir"] = new JsonObject() },
        ];
        switch (plan.Request.Monitor)
        {
            case { Kind: MonitorSourceKind.ConfigMap } source:
                // Optional: a pod must not wait for its monitor. The sidecar goes on without and says so.
                volumes.Add(new() { ["name"] = SidecarNames.MonitorVolume, ["configMap"] = new JsonObject { ["name"] = source.Name, ["optional"] = true } });
                break;
            case { Kind: MonitorSourceKind.Claim } source:
                volumes.Add(new()
                {
                    ["name"] = SidecarNames.MonitorVolume,
                    ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = source.Name, ["readOnly"] = true }
                });
                break;
        }

        return volumes;
    }

    private static string Status(SidecarPlan plan) => new JsonObject
    {
        ["container"] = SidecarNames.Container,
        ["form"] = plan.Form == SidecarForm.Native ? "native" : "plain",
        ["mode"] = SidecarContainer.Written(plan.Request.Mode),
        ["injector"] = typeof(PodPatch).Assembly.GetName().Version?.ToString(3),
    }.ToJsonString();
}
