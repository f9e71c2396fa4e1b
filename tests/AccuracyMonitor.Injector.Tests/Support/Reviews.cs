using System.Text;
using System.Text.Json.Nodes;

namespace AccuracyMonitor.Injector.Tests.Support;

/// <summary>AdmissionReviews as an API server sends them.</summary>
internal static class Reviews
{
    public static JsonObject Of(JsonObject pod, string space = "vision", string operation = "CREATE", string? subResource = null) => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = "admission.k8s.io/v1",
        ["request"] = new JsonObject
        {
            ["uid"] = "705ab4f5-6393-11e8-b7cc-42010a800002",
            ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = "Pod" },
            ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["subResource"] = subResource,
            ["namespace"] = space,
            ["operation"] = operation,
            ["userInfo"] = new JsonObject { ["username"] = "system:serviceaccount:kube-system:replicaset-controller" },
            ["object"] = pod.DeepClone(),
            ["oldObject"] = null,
            ["dryRun"] = false,
            ["options"] = new JsonObject { ["apiVersion"] = "meta.k8s.io/v1", ["kind"] = "CreateOptions" },
        },
    };

    public static JsonObject Pod(params (string Name, string Value)[] annotations) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["generateName"] = "classifier-",
            ["annotations"] = new JsonObject(annotations.Select(a => KeyValuePair.Create($"accuracy-monitor.io/{a.Name}", (JsonNode?)a.Value))),
        },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "server", ["image"] = "registry.example/classifier:7" }) },
    };

    public static JsonArray Patch(JsonObject answer) =>
        JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String((string)answer["response"]!["patch"]!)))!.AsArray();

    public static string[] Warnings(JsonObject answer) => [.. answer["response"]!["warnings"]?.AsArray().Select(w => (string)w!) ?? []];

    public static string Reason(JsonObject answer) => (string)answer["response"]!["auditAnnotations"]!["reason"]!;
}
