using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;
using KestrelListener = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace AccuracyMonitor.Hosting;

/// <summary>
/// Bounds the open connections of one listener, so that one port that is flooded leaves files and memory to the others. A connection too many is
/// accepted and closed at once: one that waits in the backlog would keep its caller waiting.
/// </summary>
public static class ConnectionLimit
{
    /// <summary>Files that the process needs for itself: database, log, libraries, sockets to others.</summary>
    private const int OwnFiles = 128;

    /// <summary>Listeners that share the rest: the socket and the ports of gRPC, HTTP and the sink, and the tap's of gRPC, REST and probes.</summary>
    private const int Listeners = 7;

    /// <summary>Call it before anything else is added to the listener, so that a refused connection costs no handshake.</summary>
    /// <param name="listener">Gets the bound.</param>
    /// <param name="most">Open connections. Lowered where the process may not have the files.</param>
    /// <param name="refused">Called for each connection too many.</param>
    /// <param name="perAddress">Open connections of one remote address other than loopback; null: half of all.</param>
    /// <param name="filesEach">Files that one connection needs; 2 where it has a connection to another server beside it.</param>
    public static void LimitConnections(this KestrelListener listener, int most, Action refused, int? perAddress = null, int filesEach = 1)
    {
        var bound = BoundOf(most, OpenFilesLimit(), filesEach);
        var ofOne = perAddress ?? Math.Max(1, bound / 2);
        var open = 0;
        var byAddress = new ConcurrentDictionary<IPAddress, int>();
        listener.Use(next => async connection =>
        {
            var address = connection.RemoteEndPoint is IPEndPoint { Address: var remote } && !IPAddress.IsLoopback(remote) ? remote : null;
            var ofAddress = address is null ? 0 : byAddress.AddOrUpdate(address, 1, static (_, count) => count + 1);
            try
            {
                if (Interlocked.Increment(ref open) > bound || ofAddress > ofOne)
                {
                    refused();
                    connection.Abort(new ConnectionAbortedException("Too many connections."));
                    return;
                }

                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref open);
                if (address is not null && byAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) <= 0)
                {
                    byAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
                }
            }
        });
    }

    /// <summary>Open connections of one listener, so that all listeners together stay within the files of the process.</summary>
    internal static int BoundOf(int most, int openFiles, int filesEach) => Math.Max(1, Math.Min(most, (openFiles - OwnFiles) / (Listeners * filesEach)));

    /// <summary>RLIMIT_NOFILE as Linux tells it; elsewhere no bound.</summary>
    private static int OpenFilesLimit()
    {
        const string Name = "Max open files";
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
            return line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
                && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue;
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}
