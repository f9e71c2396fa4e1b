using System.Text;
using System.Text.Json;

namespace AccuracyMonitor.Bridge.Tests.Support;

/// <summary>Tokens as Label Studio gives them: a legacy one, and a personal access token that buys access tokens of five minutes.</summary>
internal sealed class FakeTokens(TimeProvider time)
{
    public const string Legacy = "0123456789abcdef0123456789abcdef01234567";

    private readonly Dictionary<string, DateTimeOffset> _access = new(StringComparer.Ordinal);

    public string Personal { get; private set; } = Jwt(new { token_type = "refresh", exp = 4_000_000_000L, jti = "0" });

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    public int Renewals { get; private set; }

    public bool LegacyAllowed { get; set; } = true;

    public void Rotate() => Personal = Jwt(new { token_type = "refresh", exp = 4_000_000_000L, jti = $"{Guid.NewGuid()}" });

    /// <summary>Every access token is refused from now on, though it has not ended.</summary>
    public void Revoke() => _access.Clear();

    /// <returns>Null: refused.</returns>
    public string? Renew(string? refresh)
    {
        if (refresh != Personal)
        {
            return null;
        }

        Renewals++;
        var end = time.GetUtcNow() + Lifetime;
        var access = Jwt(new { token_type = "access", exp = end.ToUnixTimeSeconds(), jti = $"{Renewals}" });
        _access[access] = end;
        return access;
    }

    /// <summary>A personal access token itself is no access token.</summary>
    public bool Takes(string? authorization) => authorization?.Split(' ') switch
    {
        ["Token", Legacy] => LegacyAllowed,
        ["Bearer", var token] => _access.TryGetValue(token, out var end) && time.GetUtcNow() < end,
        _ => false,
    };

    private static string Jwt(object claims) => $"{Part(new { alg = "HS256", typ = "JWT" })}.{Part(claims)}.c2lnbmF0dXJl";

    private static string Part(object value) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
