using System.Net;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Sinks.Truth;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Hosting.Access;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccuracyMonitor.Capture;

/// <summary>The sink's parts, its port and what answers there.</summary>
public static class SinkServices
{
    internal static void AddSink(this IServiceCollection services)
    {
        services.AddSingleton<SinkQueue>();
        services.AddSingleton<SinkProcessor>();
        services.AddSingleton<EventTee>();
        services.AddSingleton<SinkEndpoint>();
        services.AddSingleton<TruthEndpoint>();

        // Stopped in the opposite order: the worker hands what it has read to the tee.
        services.AddSupervised<EventTee>();
        services.AddSupervised<SinkWorker>();
    }

    /// <param name="kestrel">Gets the port, if there is to be one.</param>
    /// <param name="options">Not yet checked: whatever is wrong with them is told before anything listens.</param>
    /// <param name="secure">Gets the listener first, to bound its connections, for trust and for TLS.</param>
    /// <param name="listeners">Gets the listener.</param>
    public static void ListenForSink(
        this KestrelServerOptions kestrel, SinkOptions options, Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions> secure, Listeners listeners)
    {
        if (options.Port < 0)
        {
            return;
        }

        var address = IPAddress.TryParse(options.Address, out var ip) ? ip : IPAddress.Loopback;
        kestrel.ListenOn(address, Math.Min(options.Port, IPEndPoint.MaxPort), listen =>
        {
            secure(listen);
            listen.Protocols = HttpProtocols.Http1;
            listeners.Add(ListenerUse.Sink, listen);

            // Not by port number: with port 0 it is known too late, and the Host header of a call through a Kubernetes service has another.
            listen.Use(next => connection =>
            {
                connection.Features.Set(SinkConnection.Instance);
                return next(connection);
            });
        });
    }

    /// <summary>What comes in at the sink's port goes to the sink and nowhere else.</summary>
    public static void MapSink(this IApplicationBuilder app)
    {
        var endpoint = app.ApplicationServices.GetRequiredService<SinkEndpoint>();
        app.MapWhen(static c => c.Features.Get<SinkConnection>() is not null, branch =>
        {
            branch.MapWhen(TruthEndpoint.IsMeant, static truth =>
            {
                truth.UseRole(Roles.Label, withEveryModel: false);

                // Found at the call: the store is opened after the routes are mapped.
                truth.Run(static c => c.RequestServices.GetRequiredService<TruthEndpoint>().ReceiveAsync(c));
            });
            branch.UseRole(Roles.Observe);
            branch.Run(endpoint.ReceiveAsync);
        });
    }

    private sealed class SinkConnection
    {
        public static readonly SinkConnection Instance = new();
    }
}
