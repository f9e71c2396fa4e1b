using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AccuracyMonitor.Hosting.Tls;

public static class KestrelTls
{
    /// <summary>Ends TLS at this listener, each connection by the files of its moment.</summary>
    public static void UseTls(this ListenOptions listener, FileSnapshot<TlsFiles> files) => listener.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ =>
        {
            var current = files.Current;
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = current.Server,

                // Asked for, not required: a probe has none, and a caller may come with a token. A certificate that nobody signed ends the handshake.
                ClientCertificateRequired = current.ClientAuthorities is not null,
                // The handshake's chain holds what the client sent beside its certificate.
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                    certificate is null || (certificate is X509Certificate2 client && current.Trusts(client, chain?.ChainPolicy.ExtraStore)),
            });
        },
    });
}
