using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>The one table that says which role a call needs. A route that is not in it is refused to everybody.</summary>
/// <param name="methods">gRPC methods by route, as <c>/package.Service/Method</c>. A caller whose role is limited to some models may call them: their
/// services look at the model that a message names.</param>
/// <param name="pages">Pages by route, as <c>/metrics</c>. They show every model, so the role must be one for all models.</param>
/// <remarks><see cref="Roles.None"/>: anybody may call it.</remarks>
public sealed class EndpointRoles(IReadOnlyDictionary<string, Roles> methods, IReadOnlyDictionary<string, Roles> pages)
{
    /// <summary>Null: the table does not have it.</summary>
    public Roles? Of(string route) => methods.TryGetValue(route, out var ofMethod) ? ofMethod : pages.TryGetValue(route, out var ofPage) ? ofPage : null;

    /// <summary>Whether the caller may make the call. Decided by the route alone, since the caller chooses the headers.</summary>
    public bool Allow(Caller caller, string route)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Of(route) is { } needed
            && (needed == Roles.None || (methods.ContainsKey(route) ? caller.May(needed) : caller.MayWithAll(needed)));
    }

    public static string RouteOf(Endpoint endpoint) => endpoint is RouteEndpoint { RoutePattern.RawText: { } text } ? $"/{text.TrimStart('/')}" : "";
}
