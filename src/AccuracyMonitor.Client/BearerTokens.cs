using System.Net;
using System.Net.Http.Headers;

namespace AccuracyMonitor.Client;

/// <summary>
/// Puts the token of a file into every call. The file is read again every few seconds, because Kubernetes replaces a projected token before it expires;
/// while it can't be read, the token before stays in use.
/// </summary>
internal sealed class BearerTokens : DelegatingHandler
{
    /// <summary>A token is sent with every call, and servers bound their headers.</summary>
    public const int MaxBytes = 16 << 10;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly string _file;
    private readonly TimeProvider _time;
    private volatile Read? _last;

    /// <exception cref="ArgumentException">The file has no token, or can't be read.</exception>
    public BearerTokens(string file, HttpMessageHandler inner, TimeProvider time)
        : base(inner)
    {
        (_file, _time) = (file, time);
        try
        {
            _last = new Read(new AuthenticationHeaderValue("Bearer", TokenOf(file)), time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"TokenFile is '{file}'; it can't be read: {e.Message}", nameof(file), e);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(file), e);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = Current();
        return base.SendAsync(request, cancellationToken);
    }

    private AuthenticationHeaderValue Current()
    {
        var last = _last!;
        if (_time.GetElapsedTime(last.At) < MaxAge)
        {
            return last.Header;
        }

        var header = last.Header;
        try
        {
            header = new AuthenticationHeaderValue("Bearer", TokenOf(_file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // It may be in the middle of being replaced. A token that is refused shows as UNAUTHENTICATED.
        }

        _last = new Read(header, _time.GetTimestamp());
        return header;
    }

    private static string TokenOf(string file)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length > MaxBytes)
        {
            throw new FormatException($"TokenFile is '{file}'; it has {stream.Length} bytes, and a token has at most {MaxBytes}.");
        }

        using var reader = new StreamReader(stream);
        var token = reader.ReadToEnd().Trim();
        return token.Length > 0 && token.All(static c => c is > ' ' and < (char)127)
            ? token
            : throw new FormatException($"TokenFile is '{file}'; it must hold one token of printable ASCII characters, and nothing else.");
    }

    private sealed record Read(AuthenticationHeaderValue Header, long At);
}
