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

    private readonly AccessOptions _options;
    private readonly IReadOnlyList<Grant> _grants;
    private readonly IReadOnlyList<Grant> _local;
    private readonly FileSnapshot<TokenList>? _tokens;

    public Authenticator(IOptions<AccessOptions> options, TimeProvider time, ILogger<Authenticator> logger)
    {
        _options = options.Value;
        _grants = [.. _options.Grants.Select(Grant.Parse)];
        _local = [new Grant(Caller.Local, Grant.ParseRoles(_options.LocalRoles), Models: null)];
        if (_options.TokenFile.Length > 0)
        {
            _tokens = new FileSnapshot<TokenList>(
                [_options.TokenFile], texts => TokenList.Parse(texts[0]), e => AccessLog.FileUnusable(logger, "Access:TokenFile", e.Message), time);
        }
    }

    /// <summary>Never null: who says nothing is <see cref="Caller.Anonymous"/>, and so is whose token is wrong.</summary>
    public async ValueTask<Caller> AuthenticateAsync(HttpContext context, ListenerTrust trust)
    {
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "unix";
        IReadOnlyList<Grant> ofListener = trust.IsLocal ? _local : trust.Anonymous == Roles.None ? [] : [new Grant(Caller.Anonymous, trust.Anonymous, null)];
        if (await SubjectOfTokenAsync(context) is { } ofToken)
        {
            return new Caller(ofToken, address, [.. Of(ofToken), .. ofListener]);
        }

        if (context.Connection.ClientCertificate is { } certificate && NameOf(certificate) is { } ofCertificate)
        {
            return new Caller(ofCertificate, address, [.. Of(ofCertificate), .. ofListener]);
        }

        return new Caller(trust.IsLocal ? Caller.Local : Caller.Anonymous, address, ofListener);
    }

    private IEnumerable<Grant> Of(string subject) =>
        _grants.Where(g => g.Subject is Grant.Everybody || string.Equals(g.Subject, subject, StringComparison.Ordinal));

    private async ValueTask<string?> SubjectOfTokenAsync(HttpContext context)
    {
        // Two headers are refused: another program on the way may have looked at the other one.
        if (!_options.TakesTokens || context.Request.Headers.Authorization is not [{ } header]
            || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (_tokens?.Current.NameOf(header[Scheme.Length..].Trim()) is { } name)
        {
            return $"token:{name}";
        }

        if (_options.JwtIssuer.Length == 0)
        {
            return null;
        }

        var result = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        return result.Succeeded && result.Principal.FindFirst("sub")?.Value is { Length: > 0 } subject ? $"jwt:{subject}" : null;
    }

    /// <summary>Of a certificate that the handshake has checked: its first URI (a SPIFFE id), or else its common name.</summary>
    private static string? NameOf(X509Certificate2 certificate)
    {
        var uri = certificate.GetNameInfo(X509NameType.UrlName, forIssuer: false);
        var name = uri.Length > 0 ? uri : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return name.Length > 0 ? $"cert:{name}" : null;
    }
}
