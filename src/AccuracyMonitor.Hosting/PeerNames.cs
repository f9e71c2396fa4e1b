using System.Net;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting;

/// <summary>By what a caller is told apart from others while nobody has authenticated it.</summary>
public static class PeerNames
{
    /// <summary>The remote address; for loopback and Unix sockets, where all callers have the same, the connection.</summary>
    public static string PeerName(this ConnectionInfo connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address) ? address.ToString() : connection.Id;
    }
}
