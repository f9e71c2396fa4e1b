using System.Net.Sockets;
using System.Text;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Capture.Tap.Http1;
using AccuracyMonitor.Capture.Tap.Http2;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class TapHostTests
{
    /// <summary>Only a test that fails waits so long.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(ListenerUse.TapGrpc)]
    [InlineData(ListenerUse.TapRest)]
    [InlineData(ListenerUse.TapProbes)]
    public async Task Connections_beyond_the_bound_are_closed_and_counted(ListenerUse use)
    {
        using var server = new SocketServer();
        await using var tap = await StartAsync(server, maxConnections: 1);
        var port = PortOf(tap, use);
        using var first = await ConnectAsync(port);
        using var upstream = use == ListenerUse.TapProbes ? null : await server.AcceptAsync();
        if (use == ListenerUse.TapProbes)
        {
            await first.SendAsync("GET /livez HTTP/1.1\r\nHost: tap\r\n\r\n"u8.ToArray());
            (await first.ReceiveAsync(new byte[1])).ShouldBe(1);
        }

        await Should.ThrowAsync<SocketException>(async () =>
        {
            using var second = await ConnectAsync(port);
            await second.ReceiveAsync(new byte[1]).WaitAsync(Enough);
        });

        var counted = new CountedCapture();
        tap.Queue.Counts.MoveTo(counted);
        counted.Refused.ShouldBe(1);
    }

    /// <summary>A connection that ended with bytes unread would be reset, and the caller would lose the answer.</summary>
    [Fact]
    public async Task A_caller_reads_an_answer_that_came_before_it_had_sent_its_request()
    {
        using var server = new SocketServer();
        await using var tap = await StartAsync(server, maxConnections: 10, new FakeTimeProvider());
        using var caller = await ConnectAsync(PortOf(tap, ListenerUse.TapRest));
        using var connection = await server.AcceptAsync();
        const int Body = 32 << 20;
        byte[] request = [.. Encoding.ASCII.GetBytes($"PUT /v2/models/m HTTP/1.1\r\nHost: m\r\nContent-Length: {Body}\r\n\r\n"), .. new byte[Body]];
        var answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

        var sending = caller.SendAsync(request);
        await connection.ReceiveAsync(new byte[1]);
        await connection.SendAsync(answer);
        connection.Shutdown(SocketShutdown.Send);
        await sending.WaitAsync(Enough);
        await using var stream = new NetworkStream(caller);
        caller.Shutdown(SocketShutdown.Send);

        var read = new MemoryStream();
        await stream.CopyToAsync(read).WaitAsync(Enough);
        Encoding.ASCII.GetString(read.ToArray()).ShouldBe(Encoding.ASCII.GetString(answer));
    }

    /// <summary>Headers are held back until they are whole, and the bound on what a socket reads ahead is smaller.</summary>
    [Fact]
    public async Task A_frame_larger_than_what_is_read_ahead_passes()
    {
        using var server = new SocketServer();
        await using var tap = await StartAsync(server, maxConnections: 10);
        using var caller = await ConnectAsync(PortOf(tap, ListenerUse.TapGrpc));
        using var connection = await server.AcceptAsync();
        byte[] sent =
        [
            .. Http2Bytes.Preface, .. Http2Bytes.Settings, .. Http2Bytes.Frame((int)FrameType.Headers, FrameHeader.EndHeadersFlag, 1, new byte[500_000]),
            .. Http2Bytes.Request(3),
        ];

        var sending = caller.SendAsync(sent);
        var received = new byte[sent.Length];
        await using var stream = new NetworkStream(connection);
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(Enough);

        received.ShouldBe(sent);
        await sending;
    }

    /// <summary>A connection that waits does not keep the memory of the largest headers that it has had.</summary>
    [Fact]
    public void Buffers_of_large_headers_are_not_kept()
    {
        var http1 = new Http1Scanner();
        ReadOnlySpan<byte> head = [.. "GET / HTTP/1.1\r\na: "u8, .. Enumerable.Repeat((byte)'b', 900_000), .. "\r\n\r\n"u8];
        http1.Next(ref head, out _).ShouldBe(Http1Event.Head);
        http1.BodyIs(Http1Head.Parse(http1.Head), without: true, untilEnd: false);
        var http2 = new FrameScanner();
        byte[] block = [0, 1, (byte)'a', 0x7f, 0x80, 0xfd, 0x06, .. Enumerable.Repeat((byte)'b', 114_431)];
        http2.Next(new(Http2Bytes.Frame((int)FrameType.Headers, FrameHeader.EndHeadersFlag, 1, block))).ShouldBeGreaterThan(0);
        http2.Fields!.Count.ShouldBe(1);

        http1.HeldBytes.ShouldBeLessThanOrEqualTo(1 << 16);
        http2.Next(new(Http2Bytes.Settings)).ShouldBeGreaterThan(0);
        http2.HeldBytes.ShouldBeLessThanOrEqualTo(1 << 16);
    }

    private static Task<TapHost> StartAsync(SocketServer server, int maxConnections, TimeProvider? time = null)
    {
        var options = new TapOptions
        {
            GrpcPort = 0,
            HttpPort = 0,
            HealthPort = 0,
            GrpcUpstream = server.Address.ToString(),
            HttpUpstream = server.Address.ToString(),
            MaxConnections = maxConnections,
        };
        return TapHost.StartAsync(options, new ConfigurationBuilder().Build(), TimeSpan.FromSeconds(1), time ?? TimeProvider.System);
    }

    private static int PortOf(TapHost tap, ListenerUse use) => new Uri(tap.Listeners.Addresses.Single(a => a.Use == use).Address).Port;

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        return socket;
    }
}
