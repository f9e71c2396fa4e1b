using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Client;

/// <summary>
/// The client's own certificate. The files are read again for a connection that begins more than a few seconds later, because short-lived certificates are
/// replaced; while they can't be read, the certificate before stays in use.
/// </summary>
internal sealed class ClientCertificate
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly string _file;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private volatile Read _last;

    /// <exception cref="ArgumentException">One of the files is missing, or they do not fit together.</exception>
    public ClientCertificate(string file, string keyFile, TimeProvider time)
    {
        if (file.Length == 0 || keyFile.Length == 0)
        {
            throw new ArgumentException($"ClientCertificateFile is '{file}' and ClientKeyFile is '{keyFile}'; a client certificate needs both.", nameof(file));
        }

        (_file, _keyFile, _time) = (file, keyFile, time);
        try
        {
            _last = new Read(Load(), time.GetTimestamp());
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new ArgumentException(
                $"ClientCertificateFile is '{file}' and ClientKeyFile is '{keyFile}'; they can't be used: {e.Message}", nameof(file), e);
        }
    }

    public X509Certificate2 Current()
    {
        var last = _last;
        if (_time.GetElapsedTime(last.At) < MaxAge)
        {
            return last.Certificate;
        }

        var certificate = last.Certificate;
        try
        {
            certificate = Load();
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            // They may be in the middle of being replaced. A certificate that has expired is refused by the sidecar.
        }

        // The one before is not disposed: a handshake may use it.
        _last = new Read(certificate, _time.GetTimestamp());
        return certificate;
    }

    // ArgumentException: the key is that of another certificate.
    private static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private X509Certificate2 Load()
    {
        var certificate = X509Certificate2.CreateFromPemFile(_file, _keyFile);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // There, TLS can't use a key that was never in a key store.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }

    private sealed record Read(X509Certificate2 Certificate, long At);
}
