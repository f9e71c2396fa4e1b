using System.Net;
using AccuracyMonitor.Injector.Cluster;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>The Secret that the replicas share.</summary>
internal sealed class SharedCertificates(IKubernetes api, IOptions<CertificateOptions> options)
{
    private readonly string _name = options.Value.Secret;
    private readonly string _namespace = Namespace(options.Value);

    public static string Namespace(CertificateOptions options) => options.Namespace.Length > 0 ? options.Namespace : PodNamespace.Read() ?? "";

    /// <returns>State: null where it is empty or damaged. Version: null where there is no Secret.</returns>
    public async Task<(CertificateState? State, V1Secret? Secret)> ReadAsync(CancellationToken cancel)
    {
        try
        {
            var secret = await api.CoreV1.ReadNamespacedSecretAsync(_name, _namespace, cancellationToken: cancel);
            return (CertificateState.FromData(secret.Data), secret);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return (null, null);
        }
    }

    /// <param name="state">To be shared.</param>
    /// <param name="read">What it follows from; null: nothing.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>False if somebody else wrote meanwhile.</returns>
    public async Task<bool> TryWriteAsync(CertificateState state, V1Secret? read, CancellationToken cancel)
    {
        try
        {
            if (read is null)
            {
                var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = _name, NamespaceProperty = _namespace }, Data = state.ToData() };
                await api.CoreV1.CreateNamespacedSecretAsync(secret, _namespace, cancellationToken: cancel);
            }
            else
            {
                // With the version that was read: the API server refuses to replace a later one.
                read.Data = state.ToData();
                await api.CoreV1.ReplaceNamespacedSecretAsync(read, _name, _namespace, cancellationToken: cancel);
            }

            return true;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            return false;
        }
    }
}
