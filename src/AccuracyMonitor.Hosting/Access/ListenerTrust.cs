using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccuracyMonitor.Hosting.Access;

/// <summary>
/// How far a listener trusts whoever connects. By the listener and not by the caller's address: a proxy in the same pod brings callers from
/// elsewhere with a loopback address.
/// </summary>
/// <param name="IsLocal">A Unix socket, or bound to loopback alone.</param>
/// <param name="Anonymous">Roles of a caller who is not authenticated.</param>
public sealed record ListenerTrust(bool IsLocal, Roles Anonymous)
{
    public static ListenerTrust Local { get; } = new(IsLocal: true, Roles.None);

    public static ListenerTrust Remote { get; } = new(IsLocal: false, Roles.None);
}

public static class ListenerTrustExtensions
{
    /// <summary>Marks the connections of a listener. A connection without a mark is not trusted.</summary>
    public static void UseTrust(this ListenOptions listener, ListenerTrust trust) => listener.Use(next => connection =>
    {
        connection.Features.Set(trust);
        return next(connection);
    });
}
