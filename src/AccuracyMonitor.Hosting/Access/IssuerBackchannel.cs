using System.Net.Http.Headers;
using AccuracyMonitor.Hosting.Tls;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>
/// Fetches what the issuer of tokens says about itself and its keys. The log says why that fails: the check of a token sees only that there is no key.
/// </summary>
internal sealed class IssuerBackchannel : DelegatingHandler
{
    private readonly AccessOptions _settings;
    private readonly ILogger _logger;
    private string? _problem;

    public IssuerBackchannel(AccessOptions settings, SourceHealth sources, TimeProvider time, ILogger logger)
        : base(Connections(settings, sources, time, logger))
    {
        (_settings, _logger) = (settings, logger);
        sources.Add("Access:JwtIssuer", () => Volatile.Read(ref _problem));
    }

    /// <exception cref="FormatException">The text of the file is no token.</exception>
    public static string ParseToken(string text) => text.Trim() is { Length: > 0 } token && !token.Any(char.IsWhiteSpace)
        ? token
        : throw new FormatException("the file is not one token.");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            // The metadata names the address of the keys, so what is asked of the setting is asked of every request.
            if (request.RequestUri is not { } address || !(address.Scheme == Uri.UriSchemeHttps || address.IsLoopback))
            {
                throw new HttpRequestException("the address is neither https nor of this machine.");
            }

            if (_settings.JwtFetchTokenFile.Length > 0)
            {
                // The kubelet replaces the file, so each call reads it.
                var token = ParseToken(await File.ReadAllTextAsync(_settings.JwtFetchTokenFile, cancellationToken));
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                Volatile.Write(ref _problem, null);
            }
            else
            {
                Failed(request.RequestUri, $"it answers with the status {(int)response.StatusCode}");
            }

            return response;
        }
        catch (Exception e)
        {
            Failed(request.RequestUri, (e.InnerException ?? e).Message);
            throw;
        }
    }

    private void Failed(Uri? address, string why)
    {
        Volatile.Write(ref _problem, $"{address}: {why}");
        AccessLog.KeysNotFetched(_logger, address, why);
    }

    private static SocketsHttpHandler Connections(AccessOptions settings, SourceHealth sources, TimeProvider time, ILogger logger)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false };
        if (settings.JwtAuthorityFile.Length > 0)
        {
            var authorities = new ServerAuthorities(
                settings.JwtAuthorityFile, e => AccessLog.FileUnusable(logger, "Access:JwtAuthorityFile", e.Message), time);
            sources.Add("Access:JwtAuthorityFile", () => authorities.Problem);
            handler.SslOptions.RemoteCertificateValidationCallback = authorities.Trusts;
        }

        return handler;
    }
}
