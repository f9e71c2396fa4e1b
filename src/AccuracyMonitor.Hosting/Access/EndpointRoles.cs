using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>The one table that says which role a call needs. A route that is not in it is refused to everybody.</summary>
/// <param name="roles">By route, as <c>/metrics</c> or <c>/package.Service/Method</c>; <see cref="Roles.None"/>: anybody may call it.</param>
public sealed class EndpointRoles(IReadOnlyDictionary<string, Roles> roles)
{
    /// <summary>Null: the table does not have it.</summary>
    public Roles? Of(string route) => roles.TryGetValue(route, out var role) ? role : null;

    public static string RouteOf(Endpoint endpoint) => endpoint is RouteEndpoint { RoutePattern.RawText: { } text } ? $"/{text.TrimStart('/')}" : "";
}
