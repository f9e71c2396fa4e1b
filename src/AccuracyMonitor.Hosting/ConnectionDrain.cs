using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccuracyMonitor.Hosting;

/// <summary>Once draining has begun, ends each connection whose requests have all been answered and that nobody uses any more.</summary>
/// <remarks>
/// Kestrel 10.0.12 ends its heartbeat before it waits for the connections. An HTTP/2 connection notices the end of its last stream by the heartbeat or by
/// something that the client sends. With a client that sends nothing more, for example one that has not read the end of the answer, the host would
/// wait for the whole shutdown time-out.
/// </remarks>
public static class ConnectionDrain
{
    /// <summary>The time that the last bytes of an answer get to leave the server, and that a client gets to send its next request.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Watches every connection of every listener; call it before the listeners are added.</summary>
    /// <param name="kestrel">Gets the watch.</param>
    /// <param name="begin">Cancelled when draining begins. While a host that has been told to stop must still serve, it is not cancelled yet.</param>
    public static void DrainConnections(this KestrelServerOptions kestrel, CancellationToken begin) => kestrel.ConfigureEndpointDefaults(listener =>
    {
        var time = listener.ApplicationServices.GetService<TimeProvider>() ?? TimeProvider.System;
        listener.Use(next => async connection =>
        {
            var requests = new Requests(connection, time);
            connection.Features.Set(requests);
            using var draining = begin.Register(requests.Drain);
            try
            {
                await next(connection);
            }
            finally
            {
                requests.Closed();
            }
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
        private long _begun;
        private bool _draining;
        private bool _closed;

        public void Begin()
        {
            lock (_lock)
            {
                _open++;
                _begun++;
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

        public void Drain()
        {
            lock (_lock)
            {
                _draining = true;
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
            if (BegunIfDone() is { } begun)
            {
                _ = AbortAfterGraceAsync(begun);
            }
        }

        /// <summary>A request that has begun in the meantime gets a grace of its own when it ends.</summary>
        private async Task AbortAfterGraceAsync(long begun)
        {
            await Task.Delay(Grace, time);
            if (BegunIfDone() == begun)
            {
                connection.Abort(new ConnectionAbortedException("The host is stopping, and the last request of this connection has been answered."));
            }
        }

        /// <returns>The number of requests that have begun so far; null: the connection is not to be ended now.</returns>
        private long? BegunIfDone()
        {
            lock (_lock)
            {
                return _draining && _open == 0 && !_closed ? _begun : null;
            }
        }
    }
}
