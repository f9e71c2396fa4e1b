using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace AccuracyMonitor.Hosting;

/// <summary>Ends each connection once the host has been told to stop and the connection's last request has been answered.</summary>
/// <remarks>
/// Kestrel 10.0.12 ends its heartbeat before it waits for the connections. An HTTP/2 connection notices the end of its last stream by the heartbeat or by
/// something that the client sends. With a client that sends nothing more, for example one that has not read the end of the answer, the host would
/// wait for the whole shutdown time-out.
/// </remarks>
public static class ConnectionDrain
{
    /// <summary>The time that the last bytes of an answer get to leave the server.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Watches every connection of every listener; call it before the listeners are added.</summary>
    public static void DrainConnections(this KestrelServerOptions kestrel) => kestrel.ConfigureEndpointDefaults(listener =>
    {
        var services = listener.ApplicationServices;
        var (lifetime, time) = (services.GetRequiredService<IHostApplicationLifetime>(), services.GetService<TimeProvider>() ?? TimeProvider.System);
        listener.Use(next => async connection =>
        {
            var requests = new Requests(connection, time);
            connection.Features.Set(requests);
            using var stopping = lifetime.ApplicationStopping.Register(requests.Stop);
            await next(connection);
            requests.Closed();
        });
    });

    /// <summary>Counts the requests of each connection; the first middleware of the application.</summary>
    public static void UseConnectionDrain(this IApplicationBuilder app) => app.Use(next => async context =>
    {
        var requests = context.Features.Get<Requests>();
        requests?.Begin();
        try
        {
            await next(context);
        }
        finally
        {
            requests?.End();
        }
    });

    /// <summary>The requests of one connection.</summary>
    private sealed class Requests(ConnectionContext connection, TimeProvider time)
    {
        private readonly Lock _lock = new();
        private int _open;
        private bool _stopping;
        private bool _closed;

        public void Begin()
        {
            lock (_lock)
            {
                _open++;
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _open--;
            }

            AbortIfDone();
        }

        public void Stop()
        {
            lock (_lock)
            {
                _stopping = true;
            }

            AbortIfDone();
        }

        public void Closed()
        {
            lock (_lock)
            {
                _closed = true;
            }
        }

        private void AbortIfDone()
        {
            if (IsDone())
            {
                _ = AbortAfterGraceAsync();
            }
        }

        private async Task AbortAfterGraceAsync()
        {
            await Task.Delay(Grace, time);
            if (IsDone())
            {
                connection.Abort(new ConnectionAbortedException("The host is stopping, and the last request of this connection has been answered."));
            }
        }

        private bool IsDone()
        {
            lock (_lock)
            {
                return _stopping && _open == 0 && !_closed;
            }
        }
    }
}
