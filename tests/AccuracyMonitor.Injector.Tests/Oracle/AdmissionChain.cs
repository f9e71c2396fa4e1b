using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Oracle;

/// <summary>A mutating webhook as the API server knows it.</summary>
/// <param name="Name">Of its configuration: the order of calls.</param>
/// <param name="Reinvoked">Its <c>reinvocationPolicy</c> is IfNeeded.</param>
/// <param name="Call">Returns the changed pod, or the same.</param>
internal sealed record OracleWebhook(string Name, bool Reinvoked, Func<JsonObject, JsonObject> Call);

/// <summary>The way of a pod through the API server: defaults, webhooks with their reinvocation, built-in plugins, validation.</summary>
internal static class AdmissionChain
{
    /// <returns>The pod as it would be stored, and why it is not.</returns>
    public static (JsonObject Pod, IReadOnlyList<string> Errors) Create(JsonObject created, OracleCluster cluster, params IReadOnlyList<OracleWebhook> webhooks)
    {
        var pod = Read(created);
        Defaulting.OfLimitRanges(pod, cluster);
        OracleWebhook[] ordered = [.. webhooks.OrderBy(w => w.Name, StringComparer.Ordinal)];
        Dictionary<string, string> left = [];
        foreach (var webhook in ordered)
        {
            pod = Called(webhook, pod);
            left[webhook.Name] = pod.ToJsonString();
        }

        // The second round: built-in plugins again, then those webhooks that ask for it and whose pod has changed since they saw it.
        Defaulting.OfLimitRanges(pod, cluster);
        foreach (var webhook in ordered.Where(w => w.Reinvoked && left[w.Name] != pod.ToJsonString()))
        {
            pod = Called(webhook, pod);
        }

        Defaulting.OfLimitRanges(pod, cluster);
        Defaulting.DropUnknownFields(pod, cluster);
        return (pod,
        [
            .. PodValidation.Errors(pod), .. PodValidation.OfUsers(pod, cluster), .. LimitRanger.Errors(pod, cluster), .. QuotaRules.Errors(pod, cluster),
        ]);
    }

    /// <summary>A webhook that changes nothing has no patch, and the pod is not read again.</summary>
    private static JsonObject Called(OracleWebhook webhook, JsonObject pod)
    {
        var before = pod.ToJsonString();
        var after = webhook.Call(pod);
        return after.ToJsonString() == before ? after : Read(after);
    }

    /// <summary>From the text that came over the wire.</summary>
    private static JsonObject Read(JsonObject pod)
    {
        var read = JsonNode.Parse(pod.ToJsonString())!.AsObject();
        Defaulting.OnReading(read);
        return read;
    }
}
