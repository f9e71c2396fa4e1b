using System.Net;
using AccuracyMonitor.Hosting.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace AccuracyMonitor.Hosting.Tests.Access;

internal static class LoopbackServer
{
    /// <summary>Of a server on a free port of 127.0.0.1, without configuration files and logs.</summary>
    /// <param name="tls">Null: without TLS.</param>
    public static WebApplicationBuilder Builder(TlsOptions? tls = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listener =>
        {
            if (tls is not null)
            {
                listener.UseTls(TlsFiles.Open(tls, static _ => { }, TimeProvider.System));
            }
        }));
        return builder;
    }
}
