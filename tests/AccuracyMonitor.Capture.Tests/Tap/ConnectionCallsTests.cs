using System.Buffers;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Connections;
using AccuracyMonitor.Capture.Tap.Http2;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Capture.Tests.Tap;

public sealed class ConnectionCallsTests
{
    [Fact]
    public void No_call_begins_once_it_is_decided_that_the_connection_ends()
    {
        var calls = Calls();
        Http2Bytes.Pass(calls.OfCaller, [.. Http2Bytes.Preface, .. Http2Bytes.Settings]);
        calls.TryStop().ShouldBeFalse();
        calls.Drain();

        calls.TryStop().ShouldBeTrue();

        calls.OfCaller(new ReadOnlySequence<byte>(Http2Bytes.Request(1))).IsStop.ShouldBeTrue();
    }

    [Fact]
    public void A_connection_with_a_call_does_not_end()
    {
        var calls = Calls();
        Http2Bytes.Pass(calls.OfCaller, [.. Http2Bytes.Preface, .. Http2Bytes.Settings, .. Http2Bytes.Request(1)]);
        calls.Drain();

        calls.TryStop().ShouldBeFalse();

        Http2Bytes.Pass(calls.OfCaller, Http2Bytes.Request(3)).ShouldBe(Http2Bytes.Request(3));
    }

    /// <summary>One field of 60 KiB enters the table and is named by one octet 100,000 times.</summary>
    [Fact]
    public void A_connection_passes_unread_when_its_headers_unpack_to_more_than_is_held()
    {
        var calls = Calls();
        byte[] large = [0x3f, 0xe1, 0xff, 0x03, 0x40, 1, (byte)'a', 0x7f, 0xe1, 0xd3, 0x03, .. Enumerable.Repeat((byte)'b', 60_000)];
        byte[] bytes =
        [
            .. Http2Bytes.Preface, .. Http2Bytes.Settings,
            .. Http2Bytes.Frame(1, FrameHeader.EndHeadersFlag, 1, [.. large, .. Enumerable.Repeat((byte)0xbe, 100_000)]),
            .. Http2Bytes.Request(3), 1, 2, 3,
        ];

        Http2Bytes.Pass(calls.OfCaller, bytes).ShouldBe(bytes);

        calls.Drain();
        calls.TryStop().ShouldBeFalse("nobody knows whether a call is under way");
        Http2Bytes.Pass(calls.OfServer, [4, 5]).ShouldBe([4, 5]);
    }

    [Fact]
    public void Connections_that_hold_more_than_the_budget_gives_pass_unread()
    {
        var budget = new ByteBudget(2 << 20);
        var all = Enumerable.Range(0, 5).Select(_ => Calls(budget)).ToArray();
        byte[] frame = Http2Bytes.Frame((int)FrameType.Headers, FrameHeader.EndHeadersFlag, 1, new byte[900_000]);
        byte[] begun = [.. Http2Bytes.Preface, .. frame[..^1]];

        var passed = all.Select(c => Http2Bytes.Pass(c.OfCaller, begun).Length).ToArray();

        var held = Http2Bytes.Preface.Length;
        passed.ShouldBe([held, held, begun.Length, begun.Length, begun.Length]);
        budget.Held.ShouldBe(2 * (frame.Length - 1 - ConnectionCalls.FreeBytes));
        Http2Bytes.Pass(all[0].OfCaller, frame).ShouldBe(frame);
        Array.ForEach(all, c => c.End(CallOutcome.Cancelled, isOrderly: false));
        budget.Held.ShouldBe(0);
    }

    [Fact]
    public void A_reader_with_a_defect_is_reported_and_its_connection_passes_unread()
    {
        List<Exception> defects = [];
        var reader = new FailingReader();
        var calls = new ConnectionCalls(reader, new ByteBudget(1), defects.Add);

        Http2Bytes.Pass(calls.OfCaller, [1, 2, 3]).ShouldBe([1, 2, 3]);
        Http2Bytes.Pass(calls.OfServer, [4, 5]).ShouldBe([4, 5]);

        defects.ShouldHaveSingleItem().Message.ShouldBe("a defect");
        reader.Ended.ShouldBe(CallOutcome.Unread);
    }

    [Fact]
    public void Bytes_of_another_protocol_are_no_defect()
    {
        var calls = Calls();

        Http2Bytes.Pass(calls.OfCaller, [.. "GET / HTTP/1.1\r\nhost: a\r\n\r\n"u8]).Length.ShouldBe(27);
    }

    private static ConnectionCalls Calls(ByteBudget? budget = null)
    {
        var options = new TapOptions();
        var queue = new TapQueue(options, TimeProvider.System, NullLogger.Instance);
        return new ConnectionCalls(new Http2Reader(new ReadCalls(TapProtocol.Grpc, options, queue), isTls: false), budget ?? queue.Budget,
            e => throw new InvalidOperationException("a defect", e));
    }

    private sealed class FailingReader : ConnectionReader
    {
        public CallOutcome? Ended { get; private set; }

        public override bool IsIdle => true;

        public override int HeldBytes => 0;

        public override bool IsAnsweredEarly => false;

        public override ReadOnlyMemory<byte> ClosingFrames => default;

        public override PassingStep OfCaller(ReadOnlySequence<byte> bytes) => throw new InvalidOperationException("a defect");

        public override PassingStep OfServer(ReadOnlySequence<byte> bytes) => throw new InvalidOperationException("a defect");

        public override void Drain()
        {
        }

        public override byte[] Unreachable() => [];

        public override void End(CallOutcome outcome, bool isOrderly) => Ended = outcome;
    }
}
