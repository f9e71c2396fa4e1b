using System.Buffers;
using System.Net.Sockets;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class UpstreamConnectionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_socket_is_closed_though_bytes_can_not_be_written(bool fails)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var stream = new StuckStream(fails);
        var connection = new UpstreamConnection(socket, stream);
        connection.Output.Write(new byte[100]);

        await connection.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        stream.IsDisposed.ShouldBeTrue();
        socket.SafeHandle.IsClosed.ShouldBeTrue();
    }

    /// <summary>A write fails, or does not end.</summary>
    private sealed class StuckStream(bool fails) : MemoryStream
    {
        public bool IsDisposed { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            fails ? throw new IOException("broken") : new ValueTask(new TaskCompletionSource().Task);

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
