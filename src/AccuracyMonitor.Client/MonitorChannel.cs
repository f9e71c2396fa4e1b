using System.Net.Sockets;
using Grpc.Net.Client;

namespace AccuracyMonitor.Client;

/// <summary>Opens gRPC channels to a sidecar, over a Unix socket or TCP.</summary>
public static class MonitorChannel
{
    private const string UnixScheme = "unix://";

    /// <summary>Largest message either side sends: 4,096 rows of 10,000 classes would be 160 MB, so batches of wide vectors must be smaller.</summary>
    public const int MaxMessageBytes = 64 * 1024 * 1024;

    /// <param name="address"><c>unix:///path</c> (or <c>unix:path</c>) or <c>http(s)://host:port</c>.</param>
    /// <exception cref="ArgumentException">The address is neither.</exception>
    public static GrpcChannel Create(string address)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            InitialHttp2StreamWindowSize = 4 * 1024 * 1024,
        };
        var options = new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
        };

        if (address.StartsWith("unix:", StringComparison.Ordinal))
        {
            var path = address.StartsWith(UnixScheme, StringComparison.Ordinal) ? address[UnixScheme.Length..] : address["unix:".Length..];
            handler.ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
            return GrpcChannel.ForAddress("http://localhost", options);
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            handler.Dispose();
            throw new ArgumentException($"Address '{address}' is neither unix:///path nor http(s)://host:port.", nameof(address));
        }

        return GrpcChannel.ForAddress(uri, options);
    }
}
