using System.Buffers;
using System.Text;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Capture.Tap.Http2;
using AccuracyMonitor.Capture.Tests.Tap;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.Tests.ModelServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Capture.Tests.Fuzz;

/// <summary>What passes the tap: whatever callers and servers send, each byte passes in its place, and nothing is held once the connection is over.</summary>
public sealed class TapFuzzTests
{
    private static readonly TapOptions Options = new() { IdFromAnswer = true };

    private static byte[][] Http1Requests { get; } =
    [
        "POST /v2/models/m/infer HTTP/1.1\r\nHost: m\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
        "POST /v2/models/m/infer HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"u8.ToArray(),
    ];

    private static byte[][] Http1Answers { get; } =
    [
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Answers.Rest().Length}\r\n\r\n"), .. Answers.Rest()],
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nT: v\r\n\r\n"u8.ToArray(),
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"outputs\":[]}"u8.ToArray(),
    ];

    private static byte[][] Http2Requests { get; } =
    [
        [.. Http2Bytes.Preface, .. Http2Bytes.Settings, .. Http2Bytes.Request(1), .. Http2Bytes.Request(3), .. Http2Bytes.Reset(3)],
    ];

    private static byte[][] Http2Answers { get; } =
    [
        [
            .. Http2Bytes.Settings, .. Http2Bytes.Frame(1, FrameHeader.EndHeadersFlag, 1, [Http2Bytes.Status200]),
            .. Http2Bytes.Frame(0, 0, 1, Answers.Frame([1, 2, 3])), .. Http2Bytes.Frame(0, 8, 1, [2, .. Answers.Frame([4]), 0, 0]),
            .. Http2Bytes.Frame(1, FrameHeader.EndStreamFlag, 1, [0x3f, 0xe1, 0x1f]),
            .. Http2Bytes.Frame(9, FrameHeader.EndHeadersFlag, 1, [0x40, .. Http2Bytes.Literal("grpc-status", "0")[1..]]),
        ],
        [.. Http2Bytes.Settings, .. Http2Bytes.Answer(1), .. Http2Bytes.Reset(3)],
    ];

    [Fact]
    public void Requests_of_HTTP1() => FuzzRun.Run<NothingIsThrownException>(Http1Requests, 3000, bytes => Pass(TapProtocol.Rest, bytes, Http1Answers[0]));

    [Fact]
    public void Answers_of_HTTP1() => FuzzRun.Run<NothingIsThrownException>(Http1Answers, 3000, bytes => Pass(TapProtocol.Rest, Http1Requests[0], bytes));

    [Fact]
    public void Requests_of_HTTP2() => FuzzRun.Run<NothingIsThrownException>(Http2Requests, 3000, bytes => Pass(TapProtocol.Grpc, bytes, Http2Answers[0]));

    [Fact]
    public void Answers_of_HTTP2() => FuzzRun.Run<NothingIsThrownException>(Http2Answers, 3000, bytes => Pass(TapProtocol.Grpc, Http2Requests[0], bytes));

    private static void Pass(TapProtocol protocol, byte[] requests, byte[] answers)
    {
        var queue = new TapQueue(Options, TimeProvider.System, NullLogger.Instance);
        var port = new TapPort(protocol, new TapUpstream(protocol, "http://127.0.0.1:1", TimeProvider.System), new ReadCalls(protocol, Options, queue));
        var calls = new ConnectionCalls(port.NewReader(), queue.Budget, e => throw new InvalidOperationException("a defect", e));

        Pass(calls.OfCaller, requests).ShouldBe(requests);
        Pass(calls.OfServer, answers).ShouldBe(answers);

        calls.End(CallOutcome.Unreachable, isOrderly: true);
        while (queue.Reader.TryRead(out var answer))
        {
            answer.Body.Release();
        }

        queue.Budget.Held.ShouldBe(0);
    }

    /// <summary>As a pump does, with bytes that come in pieces.</summary>
    private static byte[] Pass(Func<ReadOnlySequence<byte>, PassingStep> next, byte[] bytes)
    {
        List<byte> passed = [];
        byte[] waiting = [];
        for (var (at, length) = (0, 1); at < bytes.Length; at += length, length = 1 + (length * 7 % 31))
        {
            byte[] come = [.. waiting, .. bytes.AsSpan(at, Math.Min(length, bytes.Length - at))];
            var now = Http2Bytes.Pass(next, come);
            passed.AddRange(now);
            waiting = come[now.Length..];
        }

        return [.. passed, .. waiting];
    }
}
