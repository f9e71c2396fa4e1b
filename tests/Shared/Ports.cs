using System.Net;
using System.Net.Sockets;

namespace AccuracyMonitor.Tests;

internal static class Ports
{
    /// <summary>A port of the loopback address that nobody listened on just now, for programs that can't say which one they took.</summary>
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
