using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace AccuracyMonitor.Capture.Tap.Connections;

/// <summary>One connection to the model server, that of one caller's connection.</summary>
internal sealed class UpstreamConnection : IAsyncDisposable
{
    private const int BufferSize = 1 << 15;

    private readonly Socket _socket;
    private readonly Stream _stream;

    public UpstreamConnection(Socket socket, Stream stream)
    {
        (_socket, _stream) = (socket, stream);

        // A connection that waits holds no buffer.
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, useZeroByteReads: true, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>The caller has sent its last byte.</summary>
    public async Task EndSendingAsync()
    {
        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync();
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The server has ended the connection already.
        }
    }

    /// <summary>Ends it at once, as the caller has ended its own; the server sees a reset.</summary>
    public void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended.
        }

        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var socket = _socket;
            await using var stream = _stream;
            await Input.CompleteAsync();

            // With an exception: what could not be written by now is not written any more, which could take for ever.
            await Output.CompleteAsync(new IOException("The connection is over."));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was aborted.
        }
    }
}
