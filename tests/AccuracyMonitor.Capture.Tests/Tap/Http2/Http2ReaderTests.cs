using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Http2;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccuracyMonitor.Capture.Tests.Tap.Http2;

public sealed class Http2ReaderTests
{
    [Theory]
    [InlineData(true, "https")]
    [InlineData(false, "http")]
    public void The_scheme_is_the_one_in_which_the_server_is_spoken_to(bool isTls, string scheme)
    {
        byte[] begin = [.. Http2Bytes.Preface, .. Http2Bytes.Settings];

        var passed = Http2Bytes.Pass(Reader(isTls).OfCaller, [.. begin, .. Http2Bytes.Request(1)]);

        List<HeaderField> fields = [];
        new HeaderDecoder().Decode(passed.AsSpan(begin.Length + FrameHeader.Size), fields);
        fields.Single(f => f.Is(":scheme")).Text.ShouldBe(scheme);
        passed.Length.ShouldBe(begin.Length + Http2Bytes.Request(1).Length);
    }

    /// <summary>The octets that are needed first for a frame of continued headers have come, and not yet the frame.</summary>
    [Fact]
    public void The_word_to_end_a_connection_does_not_come_between_headers_and_their_continuation()
    {
        var reader = Reader(isTls: false);
        byte[] begun = Http2Bytes.Frame(1, 0, 1, [Http2Bytes.Status200]);
        byte[] rest = Http2Bytes.Frame(9, FrameHeader.EndHeadersFlag, 1, Http2Bytes.Literal("a", "b"));
        Http2Bytes.Pass(reader.OfServer, begun).ShouldBe(begun);
        Http2Bytes.Pass(reader.OfServer, rest[..^1]).ShouldBeEmpty();

        reader.Drain();

        Http2Bytes.Pass(reader.OfServer, rest[..^1]).ShouldBeEmpty();
        byte[] expected = [.. rest, .. Http2Frames.GoAway(int.MaxValue)];
        Http2Bytes.Pass(reader.OfServer, rest).ShouldBe(expected);
    }

    [Fact]
    public void Streams_under_way_are_held_and_those_that_have_ended_are_not()
    {
        var reader = Reader(isTls: false);
        Http2Bytes.Pass(reader.OfCaller, [.. Http2Bytes.Preface, .. Http2Bytes.Settings]);
        var before = reader.HeldBytes;
        int[] streams = [.. Enumerable.Range(0, 200).Select(static i => (2 * i) + 1)];

        Http2Bytes.Pass(reader.OfCaller, [.. streams.SelectMany(Http2Bytes.Request), .. Http2Bytes.Settings]);
        (reader.HeldBytes - before).ShouldBeGreaterThanOrEqualTo(200 * 512);

        Http2Bytes.Pass(reader.OfServer, [.. streams.SelectMany(Http2Bytes.Answer), .. Http2Bytes.Settings]);
        (reader.HeldBytes - before).ShouldBeLessThan(10_000);
    }

    [Fact]
    public void Fields_and_the_header_table_are_held()
    {
        var scanner = new FrameScanner();

        // Each octet is a field of the static table.
        scanner.Next(new(Headers(1, [.. Enumerable.Repeat(Http2Bytes.Status200, 10_000)])));
        scanner.HeldBytes.ShouldBeGreaterThanOrEqualTo((10_000 * 16) + (3 * 10_000));

        scanner.Next(new(Http2Bytes.Settings));
        var before = scanner.HeldBytes;
        var kept = Http2Bytes.Literal("name", new string('v', 100));
        kept[0] = 0x40; // A literal that the table keeps.
        scanner.Next(new(Headers(3, [.. Enumerable.Repeat(kept, 20).SelectMany(static f => f)])));
        scanner.Next(new(Http2Bytes.Settings));
        (scanner.HeldBytes - before).ShouldBeGreaterThanOrEqualTo(3 * 20 * (104 + 32));
    }

    private static byte[] Headers(int stream, byte[] block) => Http2Bytes.Frame((int)FrameType.Headers, FrameHeader.EndHeadersFlag, stream, block);

    private static Http2Reader Reader(bool isTls)
    {
        var options = new TapOptions();
        return new Http2Reader(new ReadCalls(TapProtocol.Grpc, options, new TapQueue(options, TimeProvider.System, NullLogger.Instance)), isTls);
    }
}
