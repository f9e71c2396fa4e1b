using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>Authenticates every call and refuses those whose caller lacks the role that <see cref="EndpointRoles"/> asks for. After routing.</summary>
public sealed class AccessMiddleware(RequestDelegate next, Authenticator authenticator, EndpointRoles roles, IAccessMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var caller = await authenticator.AuthenticateAsync(context, context.Features.Get<ListenerTrust>() ?? ListenerTrust.Remote);
        context.Features.Set(caller);
        if (context.GetEndpoint() is not { } endpoint)
        {
            await next(context);
            return;
        }

        var route = EndpointRoles.RouteOf(endpoint);
        if (roles.Allow(caller, route))
        {
            await next(context);
            return;
        }

        metrics.Denied(caller.IsAuthenticated ? "forbidden" : "unauthenticated");
        await Denial.WriteAsync(context, caller, roles.Of(route));
    }
}
