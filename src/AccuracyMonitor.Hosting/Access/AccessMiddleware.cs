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

        // A gRPC service looks at the model that the message names; a page shows all of them.
        var isGrpc = Denial.IsGrpc(context.Request);
        if (roles.Of(route) is { } needed && (needed == Roles.None || (isGrpc ? caller.May(needed) : caller.MayWithAll(needed))))
        {
            await next(context);
            return;
        }

        metrics.Denied(caller.IsAuthenticated ? "forbidden" : "unauthenticated");
        await Denial.WriteAsync(context, caller, roles.Of(route));
    }
}
