using System.Net;
using AccuracyMonitor.Capture.Bodies;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>
/// The tap's ports, as a host of their own: bytes pass before monitoring has started, while it can't (a full disk, a bad monitor file), and until it
/// has stopped. It shares with monitoring only the queue.
/// </summary>
public sealed class TapHost : IAsyncDisposable
{
    /// <summary>Most that is read ahead of a caller, and most that waits to be sent to it.</summary>
    private const int MaxSocketBuffer = 1 << 16;

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly IReadOnlyList<TapUpstream> _upstreams;

    private TapHost(WebApplication app, IReadOnlyList<TapUpstream> upstreams, TapQueue queue, Listeners listeners)
    {
        (_app, _upstreams, Queue, Listeners) = (app, upstreams, queue, listeners);
    }

    internal TapQueue Queue { get; }

    public Listeners Listeners { get; }

    public ILogger Logger => _app.Services.GetRequiredService<ILogger<TapHost>>();

    /// <param name="options">Checked.</param>
    /// <param name="configuration">For Logging.</param>
    /// <param name="drain">How long calls under way may take once it is told to stop.</param>
    /// <param name="time">Says when answers passed.</param>
    /// <param name="inputs">Holds the bodies of requests.</param>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<TapHost> StartAsync(
        TapOptions options, IConfiguration configuration, TimeSpan drain, TimeProvider time, InputRing? inputs = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddConsoleLines(configuration);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(BoundSockets);
        List<TapUpstream> upstreams = [];
        var listeners = new Listeners();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(services => new UnreachableLog(services.GetRequiredService<ILogger<TapHost>>(), time));
        builder.Services.AddSingleton(services => new TapQueue(options, time, services.GetRequiredService<ILogger<TapHost>>(), inputs));
        builder.Services.Configure<KestrelServerOptions>(kestrel => Listen(kestrel, options, upstreams, listeners));

        var app = builder.Build();
        var host = new TapHost(app, upstreams, app.Services.GetRequiredService<TapQueue>(), listeners);
        app.Run(host.ProbeAsync);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    public async Task StopAsync() => await _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void BoundSockets(SocketTransportOptions sockets)
    {
        (sockets.MaxReadBufferSize, sockets.MaxWriteBufferSize) = (MaxSocketBuffer, MaxSocketBuffer);

        // A connection inherits the options of the socket that listens.
        sockets.CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.KeepAlive();
            return socket;
        };
    }

    private static void Listen(KestrelServerOptions kestrel, TapOptions options, List<TapUpstream> upstreams, Listeners listeners)
    {
        kestrel.AddServerHeader = false;

        var time = kestrel.ApplicationServices.GetRequiredService<TimeProvider>();
        var queue = kestrel.ApplicationServices.GetRequiredService<TapQueue>();
        var unreachable = kestrel.ApplicationServices.GetRequiredService<UnreachableLog>();
        var address = IPAddress.Parse(options.Address);
        var logger = kestrel.ApplicationServices.GetRequiredService<ILogger<TapHost>>();
        var authorities = options.UpstreamAuthorityFile.Length == 0 ? null
            : new ServerAuthorities(options.UpstreamAuthorityFile, e => CaptureLog.AuthorityFileUnusable(logger, e.Message), time);
        Add(options.GrpcPort, TapProtocol.Grpc, options.GrpcUpstream);
        Add(options.HttpPort, TapProtocol.Rest, options.HttpUpstream);
        if (options.HealthPort >= 0)
        {
            kestrel.ListenOn(address, options.HealthPort, listen =>
            {
                Limit(listen, filesEach: 1);
                listen.Protocols = HttpProtocols.Http1;
                listeners.Add(ListenerUse.TapProbes, listen);
            });
        }

        // One address may have all of them: the only caller may be a gateway.
        void Limit(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen, int filesEach) =>
            listen.LimitConnections(options.MaxConnections, queue.Counts.ConnectionRefused, perAddress: options.MaxConnections, filesEach);

        void Add(int number, TapProtocol protocol, string upstreamAddress)
        {
            if (number < 0)
            {
                return;
            }

            var port = new TapPort(protocol, new TapUpstream(protocol, upstreamAddress, time, authorities), new ReadCalls(protocol, options, queue));
            upstreams.Add(port.Upstream);
            kestrel.ListenOn(address, number, listen =>
            {
                // A connection of the caller and one to the model server.
                Limit(listen, filesEach: 2);
                listeners.Add(protocol == TapProtocol.Grpc ? ListenerUse.TapGrpc : ListenerUse.TapRest, listen);
                listen.Run(connection => new TapConnection(connection, port, unreachable, time).RunAsync());
            });
        }
    }

    /// <summary>/livez: this process runs. /readyz: the model server behind every port takes connections.</summary>
    private async Task ProbeAsync(HttpContext context)
    {
        var isReady = context.Request.Path.StartsWithSegments("/readyz", StringComparison.Ordinal);
        if (!isReady && !context.Request.Path.StartsWithSegments("/livez", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        List<Uri> missing = [];
        using var limit = new CancellationTokenSource(ProbeTimeout, context.RequestServices.GetRequiredService<TimeProvider>());
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, limit.Token);
        foreach (var upstream in isReady ? _upstreams : [])
        {
            if (!await upstream.TakesConnectionsAsync(timeout.Token))
            {
                missing.Add(upstream.Address);
            }
        }

        context.Response.StatusCode = missing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(missing.Count == 0 ? "ok\n" : $"no connection to {string.Join(", ", missing)}\n", context.RequestAborted);
    }

    /// <summary>Signals are for monitoring, which stops first.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
