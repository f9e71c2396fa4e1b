using System.Net;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>
/// Keeps other people's web pages out: a page in a browser on this machine or in this network can send requests here. Unsafe methods must come
/// from our own origin or from no browser. At a local listener, where nobody needs to authenticate, the Host header of a reading request must be an
/// address, localhost or a name that the settings list: a page whose name was pointed at this machine (DNS rebinding) has another. Other methods are
/// not judged by it: browsers name the origin there, and loggers and service meshes forward events with the name of the service.
/// </summary>
public sealed class BrowserGuard(RequestDelegate next, AllowedHosts hosts, IAccessMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        var isLocal = context.Features.Get<ListenerTrust>() is { IsLocal: true };
        var reason = !IsReading(context.Request) ? (IsCrossOrigin(context.Request) ? "cross_origin" : null)
            : isLocal && !hosts.Allows(context.Request.Host.Host) ? "host" : null;
        if (reason is null)
        {
            return next(context);
        }

        metrics.Denied(reason);
        context.Response.StatusCode = reason is "host" ? StatusCodes.Status421MisdirectedRequest : StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            reason is "host" ? "The Host header is not one of this server's (Listen:AllowedHosts).\n" : "A page of another origin may not send this.\n",
            context.RequestAborted);
    }

    private static bool IsReading(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    private bool IsCrossOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none"))
        {
            return true;
        }

        // Only browsers send an origin. One whose name was pointed here looks like our own, and so the name must be one of ours too.
        return request.Headers.Origin is [{ } origin]
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
                && hosts.Allows(uri.Host));
    }
}

/// <summary>Host names that requests may have beside addresses and localhost.</summary>
/// <param name="names">A name, or <c>*.suffix</c>; <c>*</c>: any.</param>
public sealed class AllowedHosts(IReadOnlyList<string> names)
{
    /// <param name="host">Without the port. Empty: HTTP/1.0, or gRPC over a Unix socket.</param>
    public bool Allows(string host)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        return name.Length == 0
            || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(name, out _)
            || names.Any(n => n is "*" || string.Equals(n, name, StringComparison.OrdinalIgnoreCase)
                || (n.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(n[1..], StringComparison.OrdinalIgnoreCase)));
    }
}
