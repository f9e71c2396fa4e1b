using System.Security.Authentication;

namespace AccuracyMonitor.Client;

/// <summary>Names the settings of a connection that TLS ended.</summary>
internal sealed class TlsFailures(MonitorCredentials credentials, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (CauseOf(e) is { } cause)
        {
            throw new HttpRequestException(e.HttpRequestError, $"{cause} {e.Message} {e.InnerException?.Message}", e);
        }
    }

    private string? CauseOf(HttpRequestException e) => e switch
    {
        { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException } =>
            $"The sidecar's certificate is not trusted (CertificateAuthorityFile is '{credentials.CertificateAuthorityFile}'; empty: the system's).",

        // In TLS 1.3 the server looks at the client's certificate when the client holds the handshake for done.
        // Its refusal then arrives in whatever the client does next: as the end of the connection, as a reset, as an HTTP/2 handshake
        // that was not completed. So the failures are named that cannot be a refusal, and not those that can.
        { HttpRequestError: not (HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError) }
            when credentials.ClientCertificateFile.Length > 0 =>
            "The sidecar ended the connection before it answered: it may not trust the client's certificate "
                + $"(ClientCertificateFile is '{credentials.ClientCertificateFile}').",
        _ => null,
    };
}
