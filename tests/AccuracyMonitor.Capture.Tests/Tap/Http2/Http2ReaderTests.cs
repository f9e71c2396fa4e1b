using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Http2;

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

    private static Http2Reader Reader(bool isTls)
    {
        var options = new TapOptions();
        return new Http2Reader(new ReadCalls(TapProtocol.Grpc, options, new TapQueue(options, TimeProvider.System)), isTls);
    }
}
