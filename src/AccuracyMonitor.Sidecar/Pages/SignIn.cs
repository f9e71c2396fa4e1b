using System.Text.Json;
using AccuracyMonitor.Hosting.Access;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>
/// How a person in a browser gives his bearer token: once, in a form. The token is then in a cookie that no script can read, that no other site can make
/// the browser send (<c>HttpOnly</c>, <c>SameSite=Strict</c>), and that is deleted when the browser is closed. Cookies do not separate ports: the browser
/// sends it to every port of this host name.
/// </summary>
internal static class SignIn
{
    public const string Cookie = "accuracy-monitor-token";

    /// <summary>Characters of a token at most: browsers drop larger cookies.</summary>
    private const int MaxToken = 3800;

    private const string Scheme = "Bearer ";

    /// <summary>Before the access checks: a call without a token of its own has that of its cookie.</summary>
    public static Task UseCookieAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Authorization.Count == 0 && context.Request.Cookies.TryGetValue(Cookie, out var token) && token.Length > 0)
        {
            context.Request.Headers.Authorization = Scheme + token;
        }

        return next(context);
    }

    public static async Task EnterAsync(HttpContext context)
    {
        var token = await TokenAsync(context);
        if (token.Length is 0 or > MaxToken || token.Any(static c => c is <= ' ' or >= '\x7f' or ';' or ',' or '"' or '\\'))
        {
            await PageAnswers.ErrorAsync(context, StatusCodes.Status400BadRequest, $"A token has 1 to {MaxToken} characters, without spaces.");
            return;
        }

        context.Request.Headers.Authorization = Scheme + token;
        var services = context.RequestServices;
        var caller = await services.GetRequiredService<Authenticator>().AuthenticateAsync(
            context, context.Features.Get<ListenerTrust>() ?? ListenerTrust.Remote);
        if (!caller.IsAuthenticated)
        {
            services.GetRequiredService<IAccessMetrics>().Denied("unauthenticated");
            await PageAnswers.ErrorAsync(context, StatusCodes.Status401Unauthorized, "The token is not valid here.");
            return;
        }

        context.Response.Cookies.Append(Cookie, token, Options(context));
        await PageAnswers.JsonAsync(context, PageAnswers.Write(json => json.WriteString("subject", caller.Subject)));
    }

    public static Task LeaveAsync(HttpContext context)
    {
        context.Response.Cookies.Delete(Cookie, Options(context));
        return PageAnswers.JsonAsync(context, "{}");
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" };

    private static async Task<string> TokenAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > PageCalls.MaxBytes)
        {
            return "";
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("token", out var token)
                && token.ValueKind == JsonValueKind.String ? token.GetString()!.Trim() : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair (\ud800) in a name or in the token.
            return "";
        }
    }
}
