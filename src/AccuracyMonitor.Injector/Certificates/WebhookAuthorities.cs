using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>The authorities by which API servers check our certificate: caBundle of every webhook of the configuration.</summary>
internal sealed class WebhookAuthorities(IKubernetes api, IOptions<CertificateOptions> options)
{
    private readonly string _name = options.Value.WebhookConfiguration;

    /// <returns>Null if there is no such configuration (yet).</returns>
    public async Task<V1MutatingWebhookConfiguration?> ReadAsync(CancellationToken cancel)
    {
        try
        {
            return await api.AdmissionregistrationV1.ReadMutatingWebhookConfigurationAsync(_name, cancellationToken: cancel);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public static bool Have(V1MutatingWebhookConfiguration configuration, byte[] bundle) =>
        (configuration.Webhooks ?? []).All(w => w.ClientConfig.CaBundle is { } present && present.AsSpan().SequenceEqual(bundle));

    /// <summary>By a patch of these fields alone: replacing the whole would lose what a newer Kubernetes has and our model has not.</summary>
    /// <returns>False if somebody else wrote meanwhile.</returns>
    public async Task<bool> TryWriteAsync(V1MutatingWebhookConfiguration read, byte[] bundle, CancellationToken cancel)
    {
        var patch = new JsonArray(Operation("test", "/metadata/resourceVersion", read.Metadata.ResourceVersion));
        for (var i = 0; i < read.Webhooks.Count; i++)
        {
            patch.Add(Operation("add", $"/webhooks/{i}/clientConfig/caBundle", Convert.ToBase64String(bundle)));
        }

        try
        {
            await api.AdmissionregistrationV1.PatchMutatingWebhookConfigurationAsync(
                new V1Patch(patch.ToJsonString(), V1Patch.PatchType.JsonPatch), _name, cancellationToken: cancel);
            return true;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)
        {
            // A failed "test" is answered with 422.
            return false;
        }
    }

    private static JsonObject Operation(string op, string path, string value) => new JsonObject { ["op"] = op, ["path"] = path, ["value"] = value };
}
