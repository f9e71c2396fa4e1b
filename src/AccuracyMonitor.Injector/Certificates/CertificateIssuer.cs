using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>
/// Makes an authority and one certificate, and discards the authority's key. A leaked Secret lets an attacker impersonate this service until the next
/// rotation, and nothing else.
/// </summary>
internal static class CertificateIssuer
{
    /// <summary>Clocks of API servers may be behind ours.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    /// <param name="names">DNS names; the first is the one it is known by.</param>
    /// <param name="now">Beginning.</param>
    /// <param name="validity">How long it holds.</param>
    public static (KeyPair Certificate, string AuthorityPem) Issue(IReadOnlyList<string> names, DateTimeOffset now, TimeSpan validity)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest(
            $"CN=accuracy-monitor-injector authority of {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, critical: false));
        using var authority = authorityRequest.CreateSelfSigned(now - Backdated, now + validity + TimeSpan.FromDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "Server Authentication")], critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(authority, now - Backdated, now + validity, RandomNumberGenerator.GetBytes(16));
        return (new KeyPair(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem()), authority.ExportCertificatePem());
    }
}
