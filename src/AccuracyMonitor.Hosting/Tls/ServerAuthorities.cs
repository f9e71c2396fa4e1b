using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Hosting.Tls;

/// <summary>
/// Authorities of a PEM file that the certificates of servers are checked against, instead of those of the system; read again when it changes.
/// </summary>
public sealed class ServerAuthorities
{
    private readonly FileSnapshot<X509Certificate2Collection> _authorities;

    /// <param name="path">Of the file.</param>
    /// <param name="failed">Told when the changed file cannot be used.</param>
    /// <param name="time">Measures how often it is looked at.</param>
    /// <exception cref="Exception">The file cannot be used, as <see cref="WhyUnusable"/> says.</exception>
    public ServerAuthorities(string path, Action<Exception> failed, TimeProvider time) =>
        _authorities = new FileSnapshot<X509Certificate2Collection>([path], static texts => PemAuthorities.Parse(texts[0]), failed, time);

    /// <summary>Why the file cannot be used as it is now; null: it can.</summary>
    public string? Problem => _authorities.Problem;

    /// <summary>Why a file cannot be used; null: it can.</summary>
    public static string? WhyUnusable(string path)
    {
        try
        {
            PemAuthorities.Parse(BoundedFile.ReadText(path));
            return null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            return e.Message;
        }
    }

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Trusts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        // The framework's own verdict on the chain goes by the system's authorities; its verdict on the name counts.
        (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && certificate is X509Certificate2 server
        && _authorities.Current.Signed(server, chain?.ChainPolicy.ExtraStore, PemAuthorities.ServerAuthentication);
}
