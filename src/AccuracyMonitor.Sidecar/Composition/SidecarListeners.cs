using System.Net;
using AccuracyMonitor.Capture;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hosting.Tls;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ListenOptions = AccuracyMonitor.Sidecar.Hosting.ListenOptions;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>The ports and the socket of the sidecar, with what each may hold and whom it trusts. The tap has a host of its own.</summary>
internal static class SidecarListeners
{
    /// <summary>Each pod's logger has connections of its own to the sink.</summary>
    private const int ConnectionsOfSink = 4;

    public static void Listen(WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();

        // Not by IOptions, and tolerant: Kestrel is made before every configuration error has been collected, and is never started if there is one.
        var listen = Read<ListenOptions>(ListenOptions.Section);
        var memory = Read<MemoryOptions>(MemoryOptions.Section);
        var sink = Read<SinkOptions>(SinkOptions.Section);
        var tls = Read<TlsOptions>(TlsOptions.Section);
        var access = new ListenerAccess(listen, sink, Read<AccessOptions>(AccessOptions.Section), tls);
        builder.Services.AddSingleton(access);
        var listeners = new Listeners();
        builder.Services.AddSingleton(listeners);
        var kestrelOptions = builder.Services.AddOptions<KestrelServerOptions>();
        kestrelOptions.Configure<AccuracyMonitorMetrics, SourceHealth, TimeProvider, ILogger<ListenerAccess>, IHostApplicationLifetime>(
            (kestrel, metrics, sources, time, logger, lifetime) =>
        {
            void Refused() => metrics.Refused(RefusalReasons.Connections);
            var files = tls.IsOn && new TlsOptionsValidator().Validate(name: null, tls).Succeeded
                ? TlsFiles.Open(tls, e => SidecarLog.TlsFilesUnusable(logger, e.Message), time)
                : null;
            if (files is not null)
            {
                sources.Add("Listen:Tls", () => files.Problem);
            }

            kestrel.AddServerHeader = false;
            kestrel.DrainConnections(lifetime.ApplicationStopping);
            BoundBuffers(kestrel.Limits, memory.WindowOf(listen.MaxConnections));
            if (listen.Socket.Length > 0)
            {
                kestrel.ListenUnixSocket(Path.GetFullPath(listen.Socket), o =>
                {
                    Add(ListenerUse.Grpc, o, HttpProtocols.Http2);
                    o.UseTrust(ListenerTrust.Local);
                });
            }

            if (listen.GrpcPort >= 0)
            {
                kestrel.ListenOn(access.GrpcAddress, Math.Min(listen.GrpcPort, IPEndPoint.MaxPort), o =>
                {
                    Add(ListenerUse.Grpc, o, HttpProtocols.Http2);
                    Secure(o, access.Grpc);
                });
            }

            kestrel.ListenForSink(
                sink,
                o =>
                {
                    o.LimitConnections(listen.MaxConnections * ConnectionsOfSink, Refused);
                    Secure(o, access.Sink);
                },
                listeners);
            kestrel.ListenOn(access.HttpAddress, Math.Clamp(listen.HttpPort, 0, IPEndPoint.MaxPort), o =>
            {
                Add(ListenerUse.Http, o, HttpProtocols.Http1);
                Secure(o, access.Http);
            });

            void Add(ListenerUse use, Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listener, HttpProtocols protocols)
            {
                listener.LimitConnections(Math.Max(1, listen.MaxConnections), Refused);
                listener.Protocols = protocols;
                listeners.Add(use, listener);
            }

            void Secure(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listener, ListenerTrust trust)
            {
                listener.UseTrust(trust);
                if (files is not null)
                {
                    listener.UseTls(files);
                }
            }
        });
        builder.Services.AddRouting();

        TOptions Read<TOptions>(string section)
            where TOptions : class, new() => builder.Configuration.GetSection(section).Get<TOptions>() ?? new TOptions();
    }

    /// <summary>
    /// What may wait unread of one connection: its HTTP/2 window, which <see cref="MessageBudget"/> does not see. The pings end a connection whose peer has
    /// gone without a word.
    /// </summary>
    private static void BoundBuffers(KestrelServerLimits limits, int window)
    {
        limits.MaxRequestBufferSize = 256 * 1024;
        limits.Http2.InitialStreamWindowSize = Math.Min(window, 4 * 1024 * 1024);
        limits.Http2.InitialConnectionWindowSize = window;
        limits.Http2.MaxStreamsPerConnection = 64;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
