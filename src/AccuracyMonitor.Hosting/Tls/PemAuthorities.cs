using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Hosting.Tls;

internal static class PemAuthorities
{
    /// <exception cref="CryptographicException">There is none, or one that cannot be read.</exception>
    public static X509Certificate2Collection Parse(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("There is no PEM certificate in the file of authorities.");
    }
}
