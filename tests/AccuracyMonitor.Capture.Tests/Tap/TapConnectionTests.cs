using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Http2;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class TapConnectionTests
{
    private const string Request = "POST /v2/models/m/infer HTTP/1.1\r\nHost: m\r\nContent-Length: 2\r\n\r\n{}";
    private const string TooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /// <summary>Only a test that fails waits so long.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_caller_that_sends_its_last_byte_before_the_server_is_connected_gets_its_answer()
    {
        using var server = new SocketServer();
        var caller = new FakeCaller { ConnectionClosed = new CancellationToken(canceled: true) };
        await caller.SendAsync(Request);
        await caller.Sends.CompleteAsync();

        var run = server.Connection(caller, TapProtocol.Rest).RunAsync();
        using var connection = await server.AcceptAsync().WaitAsync(Enough);
        await ReadUntilEndAsync(connection);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        connection.Dispose();
        await run.WaitAsync(Enough);

        Encoding.ASCII.GetString(await caller.ReadAllAsync()).ShouldStartWith("HTTP/1.1 204");
    }

    [Fact]
    public async Task A_defect_in_one_direction_ends_both_and_is_counted_and_logged()
    {
        using var server = new SocketServer();
        var log = new LogRecorder();
        var (caller, queue) = (new FakeCaller(new FailingWriter()), new TapQueue(new TapOptions(), TimeProvider.System, log));
        var run = server.Connection(caller, TapProtocol.Rest, queue).RunAsync();
        using var connection = await server.AcceptAsync();

        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());

        await run.WaitAsync(Enough);
        log.Exceptions.ShouldHaveSingleItem().ShouldBeOfType<InvalidOperationException>();
        var counted = new CountedCapture();
        queue.Counts.MoveTo(counted);
        counted.DefectCount.ShouldBe(1);
        await caller.Aborted.WaitAsync(Enough);
        var e = await Should.ThrowAsync<SocketException>(connection.ReceiveAsync(new byte[1]).WaitAsync(Enough));
        e.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
    }

    [Theory]
    [InlineData(TapProtocol.Grpc, 0.5)]
    [InlineData(TapProtocol.Rest, 5)]
    internal async Task A_caller_without_a_call_loses_its_connection_when_there_is_no_server_and_is_told_nothing(TapProtocol protocol, double seconds)
    {
        var server = new SocketServer();
        server.Dispose();
        var (caller, time) = (new FakeCaller(), new SignalledTime());
        if (protocol == TapProtocol.Grpc)
        {
            await caller.SendAsync([.. Http2Bytes.Preface, .. Http2Bytes.Settings]);
        }

        var run = server.Connection(caller, protocol, time: time).RunAsync();
        await time.PassAsync(TimeSpan.FromSeconds(seconds)).WaitAsync(Enough);
        await run.WaitAsync(Enough);

        caller.Aborted.IsCompleted.ShouldBeTrue();
        (await caller.ReadAllAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(TapProtocol.Grpc)]
    [InlineData(TapProtocol.Rest)]
    internal async Task A_caller_without_a_call_and_a_server_loses_its_connection_when_the_tap_stops(TapProtocol protocol)
    {
        var server = new SocketServer();
        server.Dispose();
        var caller = new FakeCaller();
        var run = server.Connection(caller, protocol, time: new SignalledTime()).RunAsync();

        caller.RequestClose();
        await run.WaitAsync(Enough);

        caller.Aborted.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_caller_that_calls_before_it_has_settings_is_told_that_there_is_no_server()
    {
        var server = new SocketServer();
        server.Dispose();
        var (caller, queue) = (new FakeCaller(), new TapQueue(new TapOptions(), TimeProvider.System, NullLogger.Instance));
        await caller.SendAsync([.. Http2Bytes.Preface, .. Http2Bytes.Settings, .. Http2Bytes.Request(1)]);

        var run = server.Connection(caller, TapProtocol.Grpc, queue).RunAsync();
        byte[] expected = [.. Http2Bytes.Settings, .. Http2Frames.TrailersOnly(1, "14", "The model server was not reached."), .. Http2Frames.GoAway(1)];
        (await caller.ReadAsync(expected.Length).WaitAsync(Enough)).ShouldBe(expected);
        await caller.Sends.CompleteAsync();
        await run.WaitAsync(Enough);

        var counted = new CountedCapture();
        queue.Counts.MoveTo(counted);
        counted.Calls.ShouldBe([("grpc", "unreachable", 1)]);
    }

    [Fact]
    public async Task A_caller_is_told_of_the_last_call_that_counts_when_the_tap_stops()
    {
        using var server = new SocketServer();
        var caller = new FakeCaller();
        var run = server.Connection(caller, TapProtocol.Grpc, time: new FakeTimeProvider()).RunAsync();
        using var connection = await server.AcceptAsync();
        await caller.SendAsync([.. Http2Bytes.Preface, .. Http2Bytes.Settings, .. Http2Bytes.Request(3)]);
        await ReadAsync(connection, Http2Bytes.Preface.Length + Http2Bytes.Settings.Length + Http2Bytes.Request(3).Length);
        await connection.SendAsync((byte[])[.. Http2Bytes.Settings, .. Http2Bytes.Answer(3)]);
        await caller.ReadAsync(Http2Bytes.Settings.Length + Http2Bytes.Answer(3).Length);

        caller.RequestClose();
        var last = Http2Frames.GoAway(3);
        while (await caller.ReadAsync(last.Length).WaitAsync(Enough) is var frame && !frame.SequenceEqual(last))
        {
            frame.ShouldBe(Http2Frames.GoAway(int.MaxValue));
        }

        await caller.SendAsync(Http2Bytes.Request(5));
        await caller.Sends.CompleteAsync();
        await run.WaitAsync(Enough);

        (await ReadUntilEndAsync(connection)).ShouldBe(0);
    }

    [Fact]
    public async Task A_connection_ends_when_the_caller_cancels_its_last_call_while_the_tap_stops()
    {
        using var server = new SocketServer();
        var caller = new FakeCaller();
        var run = server.Connection(caller, TapProtocol.Grpc, time: new FakeTimeProvider()).RunAsync();
        using var connection = await server.AcceptAsync();
        await caller.SendAsync([.. Http2Bytes.Preface, .. Http2Bytes.Settings, .. Http2Bytes.Request(1)]);
        await ReadAsync(connection, Http2Bytes.Preface.Length + Http2Bytes.Settings.Length + Http2Bytes.Request(1).Length);
        await connection.SendAsync(Http2Bytes.Settings);
        await caller.ReadAsync(Http2Bytes.Settings.Length);
        caller.RequestClose();
        await caller.ReadAsync(Http2Frames.GoAway(int.MaxValue).Length);

        await caller.SendAsync(Http2Bytes.Reset(1));
        (await caller.ReadAsync(Http2Frames.GoAway(1).Length).WaitAsync(Enough)).ShouldBe(Http2Frames.GoAway(1));
        await caller.Sends.CompleteAsync();

        await run.WaitAsync(Enough);
    }

    /// <summary>The server answers without reading the request, and ends its direction only.</summary>
    [Fact]
    public async Task A_caller_that_is_answered_early_may_send_on_and_keeps_its_answer()
    {
        using var server = new SocketServer();
        var caller = new FakeCaller();
        var run = server.Connection(caller, TapProtocol.Rest, time: new FakeTimeProvider()).RunAsync();
        using var connection = await server.AcceptAsync();
        await caller.SendAsync("POST /v2/models/m/infer HTTP/1.1\r\nHost: m\r\nContent-Length: 1000000000\r\n\r\n");
        var sending = caller.SendAsync(new byte[16 << 20]);
        await connection.SendAsync(Encoding.ASCII.GetBytes(TooLarge));
        connection.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString(await caller.ReadAsync(TooLarge.Length).WaitAsync(Enough)).ShouldStartWith("HTTP/1.1 413");
        await sending.WaitAsync(Enough);
        await caller.SendAsync("and some more").WaitAsync(Enough);
        run.IsCompleted.ShouldBeFalse();
        await caller.Sends.CompleteAsync();
        await run.WaitAsync(Enough);
    }

    private static async Task ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        await new NetworkStream(socket).ReadExactlyAsync(buffer);
    }

    private static async Task<int> ReadUntilEndAsync(Socket socket)
    {
        var (total, buffer) = (0, new byte[4096]);
        while (await socket.ReceiveAsync(buffer) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    private sealed class FailingWriter : PipeWriter
    {
        public override void Advance(int bytes) => throw new InvalidOperationException("a defect");

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException("a defect");

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new InvalidOperationException("a defect");

        public override Span<byte> GetSpan(int sizeHint = 0) => throw new InvalidOperationException("a defect");
    }
}
