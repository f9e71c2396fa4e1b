using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccuracyMonitor.Hosting.Tls;

/// <summary>Authorities of a PEM file, which are trusted instead of those of the system.</summary>
internal static class PemAuthorities
{
    /// <summary>The purpose of a server's certificate.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The purpose of a client's certificate.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <exception cref="CryptographicException">There is none, or one that cannot be read.</exception>
    public static X509Certificate2Collection Parse(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("There is no PEM certificate in the file of authorities.");
    }

    /// <summary>Whether one of the authorities signed the certificate, itself or through intermediate ones, for this purpose, and it is valid now.</summary>
    /// <param name="authorities">They alone are trusted.</param>
    /// <param name="certificate">Of the other side.</param>
    /// <param name="intermediates">What the other side sent with it. They serve to build the chain and are not trusted by themselves.</param>
    /// <param name="purpose">The object identifier of an extended key usage.</param>
    public static bool Signed(
        this X509Certificate2Collection authorities, X509Certificate2 certificate, X509Certificate2Collection? intermediates, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (intermediates is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        }

        // A private authority publishes no revocation list as a rule; short-lived certificates take its place.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(certificate);
    }
}
