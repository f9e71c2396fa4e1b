using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using AccuracyMonitor.Hosting.Tls;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>The model server behind one port of the tap.</summary>
/// <param name="protocol">Of the port.</param>
/// <param name="address">Of the server.</param>
/// <param name="time">Measures how long a connection may take.</param>
/// <param name="authorities">Of its certificate; null: the system's.</param>
internal sealed class TapUpstream(TapProtocol protocol, string address, TimeProvider time, ServerAuthorities? authorities = null)
{
    // A connection that can't be made in this time will not be made; the kernel alone would try for two minutes.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    public Uri Address { get; } = new(address);

    public bool IsTls { get; } = new Uri(address).Scheme == Uri.UriSchemeHttps;

    /// <exception cref="IOException">It can't be reached, or its certificate is not trusted.</exception>
    public async Task<UpstreamConnection> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        var socket = new Socket(SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
        socket.KeepAlive();
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(Address.IdnHost, Address.Port, timeout.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (IsTls)
            {
                var tls = new SslStream(stream);
                stream = tls;
                var alpn = protocol == TapProtocol.Grpc ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = Address.IdnHost,
                        ApplicationProtocols = [alpn],
                        RemoteCertificateValidationCallback = authorities is null ? null : authorities.Trusts,
                    },
                    timeout.Token);
            }

            return new UpstreamConnection(socket, stream);
        }
        catch (Exception e)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            socket.Dispose();
            if (e is not (SocketException or IOException or OperationCanceledException or AuthenticationException))
            {
                throw;
            }

            throw new IOException(e is OperationCanceledException ? $"no connection in {ConnectTimeout.TotalSeconds:0} s" : e.Message, e);
        }
    }

    /// <summary>Whether it takes a connection now.</summary>
    public async Task<bool> TakesConnectionsAsync(CancellationToken cancel)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(Address.IdnHost, Address.Port, cancel);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
