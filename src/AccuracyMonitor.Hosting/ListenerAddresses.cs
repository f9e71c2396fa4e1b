using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using KestrelListener = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace AccuracyMonitor.Hosting;

public static class ListenerAddresses
{
    /// <summary>
    /// Listens at an address. <c>::</c> means all addresses of both families, and those of IPv4 where the machine has no IPv6.
    /// </summary>
    public static void ListenOn(this KestrelServerOptions kestrel, IPAddress address, int port, Action<KestrelListener> configure)
    {
        if (address.Equals(IPAddress.IPv6Any))
        {
            kestrel.ListenAnyIP(port, configure);
        }
        else
        {
            kestrel.Listen(address, port, configure);
        }
    }
}
