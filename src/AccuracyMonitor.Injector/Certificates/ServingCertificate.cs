using System.Security.Cryptography.X509Certificates;
using AccuracyMonitor.Injector.Observability;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>The certificate that new connections get. Connections that stand keep theirs.</summary>
internal sealed class ServingCertificate(InjectorMetrics metrics, ILogger<ServingCertificate> logger)
{
    private volatile X509Certificate2? _current;

    /// <summary>Null: none yet, and no connection can be made.</summary>
    public X509Certificate2? Current => _current;

    /// <summary>Takes the certificate over. The one before is left to the collector: a handshake may be using it.</summary>
    public void Use(X509Certificate2 certificate)
    {
        if (_current?.Thumbprint == certificate.Thumbprint)
        {
            certificate.Dispose();
            return;
        }

        _current = certificate;
        metrics.CertificateServed(new DateTimeOffset(certificate.NotAfter));
        InjectorLog.CertificateServed(logger, certificate.Thumbprint, new DateTimeOffset(certificate.NotAfter));
    }
}
