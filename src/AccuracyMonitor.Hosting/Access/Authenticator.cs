using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>Finds out who makes a call: by a bearer token, by a client certificate, or by the listener it came to.</summary>
public sealed class Authenticator
{
    private const string Scheme = "Bearer ";
    private const string OfFile = "token:";
    private const string CommonName = "2.5.4.3";

    // Of a reason in the log: some name what the token says, and whoever sends it chooses how much.
    private const int MaxReason = 300;

    private readonly AccessOptions _options;
    private readonly IReadOnlyList<Grant> _grants;
    private readonly IReadOnlyList<Grant> _local;
    private readonly FileSnapshot<TokenList>? _tokens;
    private readonly TimeProvider _time;
    private readonly ILogger<Authenticator> _logger;

    public Authenticator(IOptions<AccessOptions> options, SourceHealth sources, TimeProvider time, ILogger<Authenticator> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _grants = [.. _options.Grants.Select(Grant.Parse)];
        _local = [new Grant(Caller.Local, Grant.ParseRoles(_options.LocalRoles), Models: null)];
        if (_options.TokenFile.Length > 0)
        {
            _tokens = new FileSnapshot<TokenList>(
                [_options.TokenFile], texts => TokenList.Parse(texts[0]), e => AccessLog.FileUnusable(logger, "Access:TokenFile", e.Message), time);
            sources.Add("Access:TokenFile", () => _tokens.Problem);
            if (_tokens.Current.Count == 0)
            {
                AccessLog.NoTokens(logger, _options.TokenFile);
            }
        }
    }

    /// <summary>Never null: who says nothing is <see cref="Caller.Anonymous"/>, and so is whose token is wrong.</summary>
    public async ValueTask<Caller> AuthenticateAsync(HttpContext context, ListenerTrust trust)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "unix";
        IReadOnlyList<Grant> ofListener = trust.IsLocal ? _local : trust.Anonymous == Roles.None ? [] : [new Grant(Caller.Anonymous, trust.Anonymous, null)];
        if (await OfTokenAsync(context, address) is var (ofToken, expires))
        {
            return new Caller(ofToken, address, [.. Of(ofToken), .. ofListener]) { Expires = expires };
        }

        if (context.Connection.ClientCertificate is { } certificate && NameOf(certificate) is { } ofCertificate)
        {
            return new Caller(ofCertificate, address, [.. Of(ofCertificate), .. ofListener]) { Expires = new DateTimeOffset(certificate.NotAfter) };
        }

        return new Caller(trust.IsLocal ? Caller.Local : Caller.Anonymous, address, ofListener);
    }

    /// <summary>
    /// Whether a caller who was authenticated when his call began still is: for streams, which outlive tokens. A new call is refused at the same time,
    /// <see cref="JwtKeys.Tolerance"/> after the end of his token, or when his token is no longer in the file.
    /// </summary>
    public bool StillHolds(HttpContext context, Caller caller)
    {
        if (caller.Expires is { } end && _time.GetUtcNow() - JwtKeys.Tolerance >= end)
        {
            return false;
        }

        return !caller.Subject.StartsWith(OfFile, StringComparison.Ordinal) || string.Equals(NameInFile(context), caller.Subject, StringComparison.Ordinal);
    }

    private IEnumerable<Grant> Of(string subject) =>
        _grants.Where(g => g.Subject is Grant.Everybody || string.Equals(g.Subject, subject, StringComparison.Ordinal));

    private async ValueTask<(string Subject, DateTimeOffset? Expires)?> OfTokenAsync(HttpContext context, string address)
    {
        if (TokenOf(context) is null)
        {
            return null;
        }

        if (NameInFile(context) is { } name)
        {
            return (name, null);
        }

        if (_options.JwtIssuer.Length == 0)
        {
            return null;
        }

        var result = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        if (result.Succeeded && result.Principal.FindFirst("sub")?.Value is { Length: > 0 } subject)
        {
            return ($"jwt:{subject}", result.Properties?.ExpiresUtc);
        }

        var reason = result.Failure?.Message ?? "The token has no subject.";
        AccessLog.TokenRefused(_logger, address, reason[..Math.Min(reason.Length, MaxReason)]);
        return null;
    }

    /// <summary>The subject of a token of <see cref="AccessOptions.TokenFile"/>, or null.</summary>
    private string? NameInFile(HttpContext context) =>
        TokenOf(context) is { } token && _tokens?.Current.NameOf(token) is { } name ? $"{OfFile}{name}" : null;

    private string? TokenOf(HttpContext context)
    {
        // Two headers are refused: another program on the way may have looked at the other one.
        return _options.TakesTokens && context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
    }

    /// <summary>Of a certificate that the handshake has checked: its first URI (a SPIFFE id), or else its common name.</summary>
    private static string? NameOf(X509Certificate2 certificate)
    {
        var uri = certificate.GetNameInfo(X509NameType.UrlName, forIssuer: false);
        return uri.Length > 0 ? $"cert:{uri}" : CommonNameOf(certificate) is { } name ? $"cert:{name}" : null;
    }

    /// <summary>Null: there is none, there are several, or it looks like a URI, which must not be taken for one that the authority has vouched for.</summary>
    private static string? CommonNameOf(X509Certificate2 certificate)
    {
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(static n => !n.HasMultipleElements && n.GetSingleElementType().Value == CommonName)
            .Select(static n => n.GetSingleElementValue())
            .ToArray();
        return names is [{ Length: > 0 } name] && !name.Contains("://", StringComparison.Ordinal) ? name : null;
    }
}
