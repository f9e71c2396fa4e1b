using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace AccuracyMonitor.Capture.Tap;

/// <summary>The model server behind one port of the tap, and how it is spoken to: as the caller speaks, with nothing added and no time limit of ours.</summary>
internal sealed class TapUpstream : IDisposable
{
    // A connection that can't be made in this time will not be made; the kernel alone would try for two minutes.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    public TapUpstream(TapProtocol protocol, string address)
    {
        Address = new Uri(address);
        Client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,

            // Else callers would share the hundred calls that one connection may have at a time.
            EnableMultipleHttp2Connections = true,

            // The caller's own trace goes on; the tap is no step of it.
            ActivityHeadersPropagator = null,
        });
        Request = new ForwarderRequestConfig
        {
            Version = protocol == TapProtocol.Grpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Uri Address { get; }

    public HttpMessageInvoker Client { get; }

    public ForwarderRequestConfig Request { get; }

    /// <summary>Whether it takes a connection now.</summary>
    public async Task<bool> TakesConnectionsAsync(CancellationToken cancel)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        try
        {
            await socket.ConnectAsync(Address.Host, Address.Port, cancel);
            return true;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => Client.Dispose();
}
