using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Access;

public static class AccessExtensions
{
    /// <summary>Lets only callers pass who have a role with every model: for a branch that has no endpoints.</summary>
    public static void UseRole(this IApplicationBuilder app, Roles role)
    {
        var authenticator = app.ApplicationServices.GetRequiredService<Authenticator>();
        var metrics = app.ApplicationServices.GetRequiredService<IAccessMetrics>();
        app.Use(async (HttpContext context, RequestDelegate next) =>
        {
            var caller = await authenticator.AuthenticateAsync(context, context.Features.Get<ListenerTrust>() ?? ListenerTrust.Remote);
            if (caller.MayWithAll(role))
            {
                context.Features.Set(caller);
                await next(context);
                return;
            }

            metrics.Denied(caller.IsAuthenticated ? "forbidden" : "unauthenticated");
            await Denial.WriteAsync(context, caller, role);
        });
    }
}
