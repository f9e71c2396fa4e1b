using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>
/// Puts the token of a file into every call. A legacy token is sent as it is. A personal access token is a JWT that only buys access tokens of some
/// minutes: these are renewed under one lock, before they end or when one is refused. The file is read again whenever a token is refused.
/// </summary>
internal sealed class AccessTokens : DelegatingHandler
{
    private const int MaxBytes = 16 << 10;
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    private readonly Uri _refresh;
    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private volatile Access? _access;

    /// <param name="baseAddress">Address of Label Studio, with a slash at its end.</param>
    /// <param name="file">Holds one token.</param>
    /// <param name="inner">Sends.</param>
    /// <param name="time">The clock that access tokens end by.</param>
    public AccessTokens(Uri baseAddress, string file, HttpMessageHandler inner, TimeProvider time)
        : base(inner) => (_refresh, _file, _time) = (new Uri(baseAddress, "api/token/refresh/"), file, time);

    /// <remarks>A refused call had no effect, so it may be sent again, an import too.</remarks>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var access = await CurrentAsync(refused: null, cancellationToken);
        request.Headers.Authorization = access.Header;
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        var renewed = await CurrentAsync(refused: access, cancellationToken);
        if (renewed.Header.Equals(access.Header))
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = renewed.Header;
        return await base.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gate.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <param name="refused">What was refused; another caller may have renewed it meanwhile.</param>
    /// <param name="cancel">Ends the wait.</param>
    private async Task<Access> CurrentAsync(Access? refused, CancellationToken cancel)
    {
        if (_access is { } current && IsGood(current, refused))
        {
            return current;
        }

        await _gate.WaitAsync(cancel);
        try
        {
            if (_access is { } meanwhile && IsGood(meanwhile, refused))
            {
                return meanwhile;
            }

            var token = await ReadAsync(cancel);
            var renewed = IsJwt(token)
                ? await BuyAsync(token, cancel)
                : new Access(new AuthenticationHeaderValue("Token", token), DateTimeOffset.MaxValue);
            _access = renewed;
            return renewed;
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsGood(Access access, Access? refused) => !ReferenceEquals(access, refused) && _time.GetUtcNow() < access.RenewAt;

    private async Task<Access> BuyAsync(string token, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _refresh) { Content = JsonContent.Create(new { refresh = token }) };
        using var response = await base.SendAsync(request, cancel);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            throw new ToolException(
                ToolFailure.Denied,
                $"Label Studio does not take the personal access token in {_file} (HTTP {(int)response.StatusCode}): it is revoked, rotated or has expired.");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new ToolException(ToolFailure.Unavailable, $"Label Studio gives no access token (HTTP {(int)response.StatusCode}).");
        }

        var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancel);
        return body.Text("access") is { Length: > 0 } access
            ? new Access(new AuthenticationHeaderValue("Bearer", access), RenewalOf(access))
            : throw new ToolException(ToolFailure.Unavailable, "Label Studio's answer to a renewal has no access token.");
    }

    /// <summary>A minute before its end, or at half of its life when that is short. One without an end is used until it is refused.</summary>
    private DateTimeOffset RenewalOf(string access)
    {
        var now = _time.GetUtcNow();
        if (Payload(access) is not { } payload || payload.Number("exp") is not { } seconds)
        {
            return DateTimeOffset.MaxValue;
        }

        var end = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_799));
        var left = end - now;
        return left > 2 * Early ? end - Early : now + (left / 2);
    }

    private async Task<string> ReadAsync(CancellationToken cancel)
    {
        try
        {
            await using var stream = File.OpenRead(_file);
            if (stream.Length > MaxBytes)
            {
                throw new ToolException(ToolFailure.Denied, $"{_file} has {stream.Length} bytes; a token has at most {MaxBytes}.");
            }

            using var reader = new StreamReader(stream);
            var token = (await reader.ReadToEndAsync(cancel)).Trim();
            return token.Length > 0 && token.All(static c => c is > ' ' and < (char)127)
                ? token
                : throw new ToolException(ToolFailure.Denied, $"{_file} must hold one token of printable ASCII characters, and nothing else.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ToolFailure.Denied, $"The token file {_file} cannot be read: {e.Message}", e);
        }
    }

    private static bool IsJwt(string token) => Payload(token) is not null;

    /// <returns>The claims; null: it is no JWT. The signature is the server's matter.</returns>
    private static JsonElement? Payload(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return null;
        }

        try
        {
            var text = payload.Replace('-', '+').Replace('_', '/');
            var bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            var claims = JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(bytes));
            return claims.ValueKind == JsonValueKind.Object ? claims : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private sealed record Access(AuthenticationHeaderValue Header, DateTimeOffset RenewAt);
}
