using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Access;

public static class AccessExtensions
{
    /// <summary>Lets only callers pass who have a role: for a branch that has no endpoints.</summary>
    /// <param name="app">Gets the check.</param>
    /// <param name="role">That is needed.</param>
    /// <param name="withEveryModel">False: a role with some models suffices, because what follows looks at the model.</param>
    public static void UseRole(this IApplicationBuilder app, Roles role, bool withEveryModel = true)
    {
        var authenticator = app.ApplicationServices.GetRequiredService<Authenticator>();
        var metrics = app.ApplicationServices.GetRequiredService<IAccessMetrics>();
        app.Use(async (HttpContext context, RequestDelegate next) =>
        {
            var caller = await authenticator.AuthenticateAsync(context, context.Features.Get<ListenerTrust>() ?? ListenerTrust.Remote);
            if (withEveryModel ? caller.MayWithAll(role) : caller.May(role))
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
