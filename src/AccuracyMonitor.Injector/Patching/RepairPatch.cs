using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;

namespace AccuracyMonitor.Injector.Patching;

/// <summary>Writes a repair as changes to the sidecar's own container, and to nothing of the application's.</summary>
internal static class RepairPatch
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static JsonArray Create(PodView pod, Repair repair)
    {
        var patch = new JsonPatch(pod.Json);
        string[] path = ["spec", repair.IsInit ? "initContainers" : "containers", repair.Index.ToString(CultureInfo.InvariantCulture)];
        var container = (repair.IsInit ? pod.InitContainers : pod.Containers)[repair.Index].Json;
        switch (repair.Kind)
        {
            case RepairKind.Restore:
                if (repair.IsInit && (string?)container["restartPolicy"] != "Always")
                {
                    patch.Set([.. path, "restartPolicy"], "Always");
                }

                if (repair.Resources is { } resources)
                {
                    patch.Set([.. path, "resources"], SidecarContainer.Resources(resources));
                }

                RestoreHook(patch, path, container, repair.SleepSeconds);
                break;
            case RepairKind.MakePlain:
                patch.Remove(path);
                patch.AddItems(["spec", "containers"], [Plain(container, repair.Resources)]);
                patch.Set(["metadata", "annotations", Annotations.Status], PlainStatus(pod.Annotations[Annotations.Status]));
                break;
            default:
                patch.Remove(path);
                patch.Remove(["metadata", "annotations", Annotations.Status]);
                if (pod.Labels.ContainsKey(Annotations.InjectedLabel))
                {
                    patch.Remove(["metadata", "labels", Annotations.InjectedLabel]);
                }

                break;
        }

        return patch.Operations;
    }

    private static void RestoreHook(JsonPatch patch, string[] container, JsonObject json, int seconds)
    {
        if (!DamageFinder.HasEmptyHook(json))
        {
            return;
        }

        if (seconds > 0)
        {
            patch.Set([.. container, "lifecycle", "preStop"], SidecarContainer.Sleep(seconds));
        }
        else
        {
            patch.Remove([.. container, "lifecycle"]);
        }
    }

    private static JsonObject Plain(JsonObject container, SidecarResources? resources)
    {
        var plain = container.DeepClone().AsObject();
        plain.Remove("restartPolicy");
        if (DamageFinder.HasEmptyHook(plain))
        {
            plain.Remove("lifecycle");
        }

        if (resources is not null)
        {
            plain["resources"] = SidecarContainer.Resources(resources);
        }

        return plain;
    }

    private static string PlainStatus(string status)
    {
        try
        {
            var map = JsonNode.Parse(status, documentOptions: Strict) as JsonObject ?? [];
            map["form"] = "plain";
            return map.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Somebody has changed the annotation: a name twice, or a text that is not Unicode, is found when the object is used.
            return """{"form":"plain"}""";
        }
    }
}
