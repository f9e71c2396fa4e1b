using System.Net.Sockets;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>Lets the kernel find out that the other side has gone without a word, so that its connection does not stay open for ever.</summary>
internal static class SocketKeepAlive
{
    /// <summary>The kernel alone asks after two hours. A shorter time than this could end a connection during a short outage of the network.</summary>
    private const int IdleSeconds = 300;

    public static void KeepAlive(this Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
    }
}
