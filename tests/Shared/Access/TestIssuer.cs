using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccuracyMonitor.Tests.Access;

/// <summary>Makes tokens, right ones and those with one thing wrong, and the key set that checks them.</summary>
internal sealed class TestIssuer : IDisposable
{
    public const string Subject = "system:serviceaccount:shop:web";
    public const string Audience = "accuracy-monitor";
    public const string Other = "https://other.example";

    // Made once: an RSA key takes long.
    private static readonly RSAParameters Usual = NewKey();
    private static readonly RSAParameters Stranger = NewKey();

    private readonly RSA _rsa;
    private readonly RSA _stranger = RSA.Create(Stranger);
    private readonly ECDsa _elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _shared = RandomNumberGenerator.GetBytes(32);

    /// <param name="hasOwnKey">An RSA key that no other has.</param>
    public TestIssuer(bool hasOwnKey = false) => _rsa = RSA.Create(hasOwnKey ? NewKey() : Usual);

    public string Name { get; set; } = "https://issuer.example";

    /// <summary>With an RSA key, an elliptic one, and a symmetric one, which must not count.</summary>
    public string KeySet
    {
        get
        {
            var (rsa, elliptic) = (_rsa.ExportParameters(includePrivateParameters: false), _elliptic.ExportParameters(includePrivateParameters: false));
            return JsonSerializer.Serialize(new
            {
                keys = new object[]
                {
                    new { kty = "RSA", use = "sig", kid = "rsa", n = Base64UrlEncoder.Encode(rsa.Modulus), e = Base64UrlEncoder.Encode(rsa.Exponent) },
                    new
                    {
                        kty = "EC", use = "sig", kid = "elliptic", crv = "P-256",
                        x = Base64UrlEncoder.Encode(elliptic.Q.X), y = Base64UrlEncoder.Encode(elliptic.Q.Y),
                    },
                    new { kty = "oct", use = "sig", kid = "shared", k = Base64UrlEncoder.Encode(_shared) },
                },
            });
        }
    }

    /// <summary>Metadata and keys, for whoever brings the token <c>let-me-in</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="called">How the metadata names the issuer; null: as it is.</param>
    public Task AnswerAsync(HttpContext context, string? called)
    {
        if (context.Request.Headers.Authorization != "Bearer let-me-in")
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync(
            context.Request.Path == "/jwks" ? KeySet : JsonSerializer.Serialize(new { issuer = called ?? Name, jwks_uri = $"{Name}/jwks" }));
    }

    public string Token(string kind, DateTimeOffset now)
    {
        if (kind is "malformed")
        {
            return "not.a.token";
        }

        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = kind is "of another issuer" ? Other : Name,
            ["aud"] = kind is "for another audience" ? "another" : Audience,
            ["sub"] = Subject,
            ["exp"] = now.AddSeconds(kind switch { "expired 59 s ago" => -59, "expired 61 s ago" => -61, _ => 600 }).ToUnixTimeSeconds(),
            ["nbf"] = now.AddSeconds(kind switch { "valid in 59 s" => 59, "valid in 61 s" => 61, _ => -600 }).ToUnixTimeSeconds(),
        };
        if (kind is "that expires in the year 9999")
        {
            claims["exp"] = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero).ToUnixTimeSeconds();
        }

        if (kind is "without exp")
        {
            claims.Remove("exp");
        }

        if (kind is "without sub")
        {
            claims.Remove("sub");
        }

        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = Signing(kind) });
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _stranger.Dispose();
        _elliptic.Dispose();
    }

    private static RSAParameters NewKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportParameters(includePrivateParameters: true);
    }

    private SigningCredentials? Signing(string kind) => kind switch
    {
        "unsigned" => null,
        "HS256" => With(new SymmetricSecurityKey(_shared) { KeyId = "shared" }, SecurityAlgorithms.HmacSha256),
        "ES256" => With(new ECDsaSecurityKey(_elliptic) { KeyId = "elliptic" }, SecurityAlgorithms.EcdsaSha256),
        "of an unknown key" => With(new RsaSecurityKey(_stranger) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha256),
        _ => With(new RsaSecurityKey(_rsa) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha256),
    };

    /// <summary>Without the cache of the process: it would hold a key that another issuer has disposed of.</summary>
    private static SigningCredentials With(SecurityKey key, string algorithm) =>
        new(key, algorithm) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
}
