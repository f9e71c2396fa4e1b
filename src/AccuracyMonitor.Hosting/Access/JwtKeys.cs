using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>JSON Web Tokens of one issuer, by keys from a file or from the issuer.</summary>
internal sealed class JwtKeys(IOptions<AccessOptions> access, SourceHealth sources, TimeProvider time, ILogger<JwtKeys> logger)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    // RS and ES as OpenID Connect and Kubernetes use them; never "none", and never a secret that the issuer and everybody who checks would share.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>How far the issuer's clock may be from this one.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>Calls wait for the keys of an issuer that is slow, so it gets less than the default minute.</summary>
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="ArgumentException">The text is no key set, or has no key.</exception>
    public static IList<SecurityKey> Parse(string json) => JsonWebKeySet.Create(json).GetSigningKeys() is { Count: > 0 } keys
        ? keys
        : throw new ArgumentException("There is no signing key in the JSON Web Key Set.");

    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        var settings = access.Value;
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            IssuerValidator = (issuer, _, _) => IsIssuer(issuer, settings.JwtIssuer),
            ValidAudience = settings.JwtAudience,
            ValidAlgorithms = Algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = Tolerance,
            LifetimeValidator = IsAlive,
        };
        if (settings.JwtKeysFile.Length > 0)
        {
            var keys = new FileSnapshot<IList<SecurityKey>>(
                [settings.JwtKeysFile], texts => Parse(texts[0]), e => AccessLog.FileUnusable(logger, "Access:JwtKeysFile", e.Message), time);
            sources.Add("Access:JwtKeysFile", () => keys.Problem);
            options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => keys.Current;
            return;
        }

        options.Authority = settings.JwtIssuer;
        if (settings.JwtMetadataAddress.Length > 0)
        {
            options.MetadataAddress = settings.JwtMetadataAddress;
        }

        // The validator of AccessOptions has checked that it is https, or on this machine. IssuerBackchannel checks the addresses that the metadata names.
        options.RequireHttpsMetadata = !(Uri.TryCreate(options.MetadataAddress ?? settings.JwtIssuer, UriKind.Absolute, out var uri) && uri.IsLoopback);
        options.BackchannelTimeout = FetchTimeout;
        options.BackchannelHttpHandler = new IssuerBackchannel(settings, sources, time, logger);
    }

    /// <summary>In place of the default check, which also takes the issuer that the metadata names.</summary>
    private static string IsIssuer(string issuer, string expected) => string.Equals(issuer, expected, StringComparison.Ordinal)
        ? issuer
        : throw new SecurityTokenInvalidIssuerException("The issuer of the token is not Access:JwtIssuer.");

    /// <exception cref="SecurityTokenValidationException">It is not; the message says why.</exception>
    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is not { } end)
        {
            throw new SecurityTokenNoExpirationException("The token has no expiration time (exp).");
        }

        // The skew is applied to the time now, because a token that never expires names the last second of the calendar.
        if (now - parameters.ClockSkew >= end)
        {
            throw new SecurityTokenExpiredException($"The token expired at {end:u}.");
        }

        if (notBefore is { } start && now + parameters.ClockSkew <= start)
        {
            throw new SecurityTokenNotYetValidException($"The token is valid from {start:u}.");
        }

        return true;
    }
}
