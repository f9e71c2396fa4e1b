using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Storage.Audit;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>
/// Who a caller is, and checks that <see cref="SidecarRoles"/> cannot make, since they depend on the message: which model he may act on.
/// </summary>
internal static class CallerChecks
{
    /// <summary>Refuses a caller whose role is limited to other models. An empty model means all of them.</summary>
    public static void Require(this ServerCallContext context, Roles role, string model)
    {
        if (context.WhyForbidden(role, model) is { } reason)
        {
            throw RpcErrors.Forbidden(reason);
        }
    }

    /// <summary>The caller as the audit trail names him.</summary>
    public static Actor Actor(this ServerCallContext context)
    {
        var caller = Caller.Of(context.GetHttpContext());
        return new Actor(caller.Subject, caller.Address);
    }

    /// <summary>Why the caller may not act on the model; null: allowed. A refusal is counted here.</summary>
    public static string? WhyForbidden(this ServerCallContext context, Roles role, string model)
    {
        var http = context.GetHttpContext();
        var caller = Caller.Of(http);
        if (IsAllowed(caller, role, model))
        {
            return null;
        }

        http.RequestServices.GetRequiredService<IAccessMetrics>().Denied("forbidden");
        return Message(caller, role, model);
    }

    private static bool IsAllowed(Caller caller, Roles role, string model) => model.Length == 0 ? caller.MayWithAll(role) : caller.May(role, model);

    private static string Message(Caller caller, Roles role, string model) => model.Length == 0
        ? $"{caller.Subject} has the role {Grant.NameOf(role)} for some models only; name one of them."
        : $"{caller.Subject} does not have the role {Grant.NameOf(role)} for the model '{model}' (Access:Grants).";
}
