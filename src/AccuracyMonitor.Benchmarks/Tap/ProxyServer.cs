using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AccuracyMonitor.Benchmarks.Tap;

/// <summary>YARP alone, set up as in its documentation: the baseline of the tap.</summary>
internal static class ProxyServer
{
    public const string Name = "proxy";

    /// <summary>Hidden command; <c>benchmarks tap</c> starts it.</summary>
    public static Command Create()
    {
        var (grpc, rest) = (new Option<string>("--grpc") { Required = true }, new Option<string>("--rest") { Required = true });
        var proxy = new Command(Name, "YARP alone.") { grpc, rest };
        proxy.Hidden = true;
        proxy.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(grpc)!, parsed.GetValue(rest)!, cancel));
        return proxy;
    }

    private static async Task RunAsync(string grpcUpstream, string restUpstream, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRouting();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [Route("grpc", "HTTP/2"), Route("rest", "HTTP/1.1")],
            [Cluster("grpc", grpcUpstream, HttpVersion.Version20), Cluster("rest", restUpstream, HttpVersion.Version11)]);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(cancel);
        await Console.Out.WriteLineAsync($"Proxy: gRPC on {app.Urls.First()}, REST on {app.Urls.Last()}");
        await app.WaitForShutdownAsync(cancel);
    }

    /// <summary>The two kinds of calls have paths of their own.</summary>
    private static RouteConfig Route(string name, string protocol) => new()
    {
        RouteId = name,
        ClusterId = name,
        Match = new RouteMatch { Path = protocol == "HTTP/2" ? "/inference.GRPCInferenceService/{**rest}" : "/v2/{**rest}" },
    };

    private static ClusterConfig Cluster(string name, string upstream, Version version) => new()
    {
        ClusterId = name,
        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["only"] = new() { Address = upstream } },
        HttpRequest = new ForwarderRequestConfig { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
    };
}
