using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace AccuracyMonitor.Injector.Serving;

/// <summary>A request of <c>admission.k8s.io/v1</c>, as far as it is read.</summary>
/// <param name="Uid">Which answer belongs to it.</param>
/// <param name="Namespace">Of the object to be made, which itself need not say.</param>
/// <param name="IsPodCreation">Of a pod, not of a part of one (eviction, ephemeral containers).</param>
/// <param name="Object">What is to be made; empty where there is nothing.</param>
internal sealed record AdmissionRequest(string Uid, string Namespace, bool IsPodCreation, JsonObject Object);

/// <summary>AdmissionReview in and out.</summary>
internal static class AdmissionReview
{
    private const string ApiVersion = "admission.k8s.io/v1";
    private const string Kind = "AdmissionReview";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The API server cuts longer warnings off.</summary>
    private const int MaxWarningLength = 256;
    private const int MaxWarnings = 16;

    /// <exception cref="FormatException">It is not an AdmissionReview of this version.</exception>
    public static AdmissionRequest Read(ReadOnlySpan<byte> body)
    {
        // A node reads its parts late: what is wrong with one would be found in the middle of a decision.
        if (!Utf8.IsValid(body))
        {
            throw new FormatException("The body is not UTF-8.");
        }

        try
        {
            CheckTexts(body);
            var review = JsonNode.Parse(body, documentOptions: Strict)?.AsObject() ?? throw new FormatException("The body is null.");
            var (version, kind) = ((string?)review["apiVersion"], (string?)review["kind"]);
            if (version != ApiVersion || kind != Kind)
            {
                throw new FormatException($"apiVersion is '{version}' and kind '{kind}'; they must be '{ApiVersion}' and '{Kind}'.");
            }

            var request = review["request"]?.AsObject() ?? throw new FormatException("request is missing.");
            var uid = (string?)request["uid"] is { Length: > 0 } u ? u : throw new FormatException("request.uid is missing.");
            var resource = request["resource"]?.AsObject();
            var isPod = (string?)resource?["group"] is null or "" && (string?)resource?["resource"] == "pods"
                && (string?)request["subResource"] is null or "" && (string?)request["operation"] == "CREATE";
            return new AdmissionRequest(uid, (string?)request["namespace"] ?? "", isPod, request["object"]?.AsObject() ?? []);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"The body is no JSON of an AdmissionReview: {e.Message}", e);
        }
    }

    /// <exception cref="InvalidOperationException">A text has half of a surrogate pair, which would be found where it is used.</exception>
    private static void CheckTexts(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.String or JsonTokenType.PropertyName, ValueIsEscaped: true })
            {
                reader.GetString();
            }
        }
    }

    /// <summary>Always allowed.</summary>
    /// <param name="uid">The request's.</param>
    /// <param name="patch">Empty: nothing changes.</param>
    /// <param name="warnings">Shown to whoever creates the pod.</param>
    /// <param name="audit">For the audit log; names without a prefix.</param>
    public static JsonObject Allow(string uid, JsonArray patch, IReadOnlyList<string> warnings, IEnumerable<KeyValuePair<string, string>> audit)
    {
        var response = new JsonObject { ["uid"] = uid, ["allowed"] = true };
        if (patch.Count > 0)
        {
            response["patchType"] = "JSONPatch";
            response["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch.ToJsonString()));
        }

        if (warnings.Count > 0)
        {
            response["warnings"] = new JsonArray([.. warnings.Take(MaxWarnings).Select(w => (JsonNode)Shortened($"accuracy-monitor: {w}"))]);
        }

        response["auditAnnotations"] = new JsonObject(audit.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));
        return new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = Kind, ["response"] = response };
    }

    private static string Shortened(string text) => text.Length <= MaxWarningLength ? text : text[..(MaxWarningLength - 1)] + "…";
}
