using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AccuracyMonitor.Injector.Certificates;

/// <summary>What the replicas share: the content of the Secret.</summary>
internal sealed record CertificateState
{
    /// <summary>Being served.</summary>
    public required KeyPair Current { get; init; }

    /// <summary>To be served once every API server trusts its authority.</summary>
    public KeyPair? Next { get; init; }

    /// <summary>PEM of the authorities to be trusted, the newest last: one, or two while a change is under way.</summary>
    public required IReadOnlyList<string> Authorities { get; init; }

    /// <summary>When the last step was taken.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>What the webhook configuration's caBundle must be.</summary>
    public byte[] Bundle => Encoding.ASCII.GetBytes(string.Join('\n', Authorities) + "\n");

    public Dictionary<string, byte[]> ToData()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tls.crt"] = Current.CertificatePem,
            ["tls.key"] = Current.KeyPem,
            ["ca.crt"] = Encoding.ASCII.GetString(Bundle),
            ["changed-at"] = ChangedAt.ToString("O", CultureInfo.InvariantCulture),
        };
        if (Next is not null)
        {
            texts["next.crt"] = Next.CertificatePem;
            texts["next.key"] = Next.KeyPem;
        }

        return texts.ToDictionary(t => t.Key, t => Encoding.ASCII.GetBytes(t.Value), StringComparer.Ordinal);
    }

    /// <returns>Null if there is nothing yet, or it is damaged. New ones are needed in both cases.</returns>
    public static CertificateState? FromData(IDictionary<string, byte[]>? data)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(Text("ca.crt"));
            var state = new CertificateState
            {
                Current = new KeyPair(Text("tls.crt"), Text("tls.key")),
                Next = Text("next.crt") is { Length: > 0 } next ? new KeyPair(next, Text("next.key")) : null,
                Authorities = [.. authorities.Select(a => a.ExportCertificatePem())],
                ChangedAt = DateTimeOffset.Parse(Text("changed-at"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            };
            state.Current.Open().Dispose();
            state.Next?.Open().Dispose();
            return state.Authorities.Count > 0 ? state : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }

        string Text(string key) => data is not null && data.TryGetValue(key, out var bytes) ? Encoding.ASCII.GetString(bytes) : "";
    }
}
