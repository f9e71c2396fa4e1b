using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace AccuracyMonitor.Hosting.Tests.Access;

internal static class LoopbackServer
{
    /// <summary>Of a server on a free port of 127.0.0.1, without configuration files and logs.</summary>
    public static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        return builder;
    }
}
