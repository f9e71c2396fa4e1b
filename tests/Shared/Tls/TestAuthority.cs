using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Tests.Tls;

/// <summary>A certificate authority for a test, and files of certificates that it has signed.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private int _serial;

    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Request(name, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    private TestAuthority(X509Certificate2 certificate) => _root = certificate;

    public string Pem => _root.ExportCertificatePem();

    /// <summary>An authority that this one has signed.</summary>
    public TestAuthority Intermediate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(name, key).Create(_root, DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddDays(2), [2, (byte)++_serial]);
        return new TestAuthority(certificate.CopyWithPrivateKey(key));
    }

    /// <summary>Writes <c>NAME.crt</c> and <c>NAME.key</c> for a server.</summary>
    /// <param name="folder">Gets the files.</param>
    /// <param name="name">Of the files.</param>
    /// <param name="host">Null: localhost and 127.0.0.1.</param>
    public (string Certificate, string Key) Server(string folder, string name = "server", string? host = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host ?? "localhost");
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        return Issue(folder, name, names.Build(), "1.3.6.1.5.5.7.3.1");
    }

    /// <summary>Writes <c>NAME.crt</c> and <c>NAME.key</c> for a client.</summary>
    /// <param name="uri">Of the subject; null: it has its common name alone.</param>
    public (string Certificate, string Key) Client(string folder, string name, string? uri = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (uri is not null)
        {
            names.AddUri(new Uri(uri));
        }

        return Issue(folder, name, uri is null ? null : names.Build(), "1.3.6.1.5.5.7.3.2");
    }

    public string WritePem(string folder)
    {
        var path = Path.Combine(folder, "ca.pem");
        File.WriteAllText(path, Pem);
        return path;
    }

    public void Dispose() => _root.Dispose();

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        return request;
    }

    private (string Certificate, string Key) Issue(string folder, string name, X509Extension? names, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using var certificate = request.Create(_root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), [1, (byte)++_serial]);
        var (file, keyFile) = (Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (file, keyFile);
    }
}
