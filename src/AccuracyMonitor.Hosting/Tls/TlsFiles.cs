using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Hosting.Tls;

/// <summary>The certificate of a server and the authorities of its clients, as their files say at the moment.</summary>
/// <param name="Server">With the intermediate authorities.</param>
/// <param name="ClientAuthorities">Null: client certificates are not asked for.</param>
public sealed record TlsFiles(SslStreamCertificateContext Server, X509Certificate2Collection? ClientAuthorities)
{
    public static FileSnapshot<TlsFiles> Open(TlsOptions options, Action<Exception> failed, TimeProvider time) => new(Paths(options), Parse, failed, time);

    public static IReadOnlyList<string> Paths(TlsOptions options) => options.AsksForCertificates
        ? [options.CertificateFile, options.KeyFile, options.ClientAuthorityFile]
        : [options.CertificateFile, options.KeyFile];

    /// <summary>Whether one of the authorities signed the certificate, itself or through intermediate ones, for clients, and it is valid now.</summary>
    /// <param name="client">The certificate of the client.</param>
    /// <param name="intermediates">What the client sent with it. They serve to build the chain and are not trusted by themselves.</param>
    public bool Trusts(X509Certificate2 client, X509Certificate2Collection? intermediates) =>
        ClientAuthorities?.Signed(client, intermediates, PemAuthorities.ClientAuthentication) == true;

    private static TlsFiles Parse(IReadOnlyList<string> texts)
    {
        var certificate = X509Certificate2.CreateFromPem(texts[0], texts[1]);
        var all = new X509Certificate2Collection();
        all.ImportFromPem(texts[0]);
        all.RemoveAt(0);
        return new TlsFiles(SslStreamCertificateContext.Create(certificate, all, offline: true), texts.Count > 2 ? PemAuthorities.Parse(texts[2]) : null);
    }
}
