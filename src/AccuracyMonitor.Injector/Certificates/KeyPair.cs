using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>A certificate and its private key, as PEM.</summary>
internal sealed record KeyPair(string CertificatePem, string KeyPem)
{
    /// <exception cref="CryptographicException">It is no certificate with its key.</exception>
    public X509Certificate2 Open() => X509Certificate2.CreateFromPem(CertificatePem, KeyPem);
}
