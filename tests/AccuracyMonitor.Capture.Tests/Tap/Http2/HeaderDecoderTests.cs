using System.Text;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Capture.Tap.Http2;
using CsCheck;

namespace AccuracyMonitor.Capture.Tests.Tap.Http2;

public sealed class HeaderDecoderTests
{
    /// <summary>RFC 7541, appendix C.4: three requests with Huffman codes on one connection.</summary>
    [Fact]
    public void The_requests_of_the_RFC_are_read()
    {
        var decoder = new HeaderDecoder();

        Read(decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff").ShouldBe([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"]);
        Read(decoder, "828684be5886a8eb10649cbf")
            .ShouldBe([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"]);
        Read(decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")
            .ShouldBe([":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"]);
    }

    /// <summary>RFC 7541, appendix C.5: the table is so small that entries leave it.</summary>
    [Fact]
    public void Entries_leave_a_full_table()
    {
        var decoder = new HeaderDecoder();

        // The size of 256 is what appendix C.5 assumes; 3f e1 01 announces it.
        Read(decoder, "3fe101" + "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54"
            + "6e1768747470733a2f2f7777772e6578616d706c652e636f6d")
            .ShouldBe([":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"]);
        Read(decoder, "4803333037c1c0bf")
            .ShouldBe([":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"]);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("be")]
    [InlineData("ffffffffffff7f")]
    [InlineData("400a61")]
    [InlineData("0081ff00")]
    [InlineData("3fe1ffff7f")]
    public void What_is_no_header_block_is_refused(string block) => Should.Throw<FormatException>(() => Read(new HeaderDecoder(), block));

    /// <summary>The size of the table is announced as 65,536; one octet stands for a field of nearly that size.</summary>
    [Fact]
    public void A_block_that_unpacks_to_more_than_is_held_is_refused()
    {
        var decoder = new HeaderDecoder();
        decoder.Decode([0x3f, 0xe1, 0xff, 0x03, 0x40, 1, (byte)'a', 0x7f, 0xe1, 0xd3, 0x03, .. Enumerable.Repeat((byte)'b', 60_000)], []);
        List<HeaderField> fields = [];

        Should.Throw<FormatException>(() => decoder.Decode([.. Enumerable.Repeat((byte)0xbe, 1 << 20)], fields));

        fields.Sum(f => (long)f.Size).ShouldBeLessThanOrEqualTo(HeaderDecoder.MaxFieldsSize);
    }

    [Theory]
    [InlineData("3fe1ff03", true)]
    [InlineData("3fe2ff03", false)]
    public void A_table_may_have_64_KiB_and_not_one_octet_more(string announcement, bool isRead)
    {
        if (isRead)
        {
            Read(new HeaderDecoder(), announcement).ShouldBeEmpty();
        }
        else
        {
            Should.Throw<FormatException>(() => Read(new HeaderDecoder(), announcement));
        }
    }

    /// <summary>The oldest fields leave the table in the order in which they came, also when more leave it than stay.</summary>
    [Fact]
    public void The_table_holds_the_newest_fields() => Gen.Int[0, 200].Array[1, 300].Sample(lengths =>
    {
        var decoder = new HeaderDecoder();
        List<HeaderField> newestFirst = [];
        foreach (var length in lengths)
        {
            byte[] value = [.. Enumerable.Repeat((byte)'v', length)];
            byte[] size = length < 127 ? [(byte)length] : [127, (byte)(length - 127)];
            decoder.Decode([0x40, 1, (byte)'n', .. size, .. value], []);
            newestFirst.Insert(0, new HeaderField("n"u8.ToArray(), value));
            var left = 4096;
            newestFirst = [.. newestFirst.TakeWhile(f => (left -= f.Size) >= 0)];
        }

        List<HeaderField> read = [];
        decoder.Decode([.. newestFirst.Select((_, i) => (byte)(0x80 | (62 + i))).Take(65)], read);
        read.Select(f => f.Value.Length).ShouldBe(newestFirst.Take(65).Select(f => f.Value.Length));
        Should.Throw<FormatException>(() => decoder.Decode(Index(62 + newestFirst.Count), []));
    });

    [Fact]
    public void No_bytes_bring_another_exception() => Gen.Byte.Array[0, 100].Sample(bytes =>
    {
        try
        {
            new HeaderDecoder().Decode(bytes, []);
        }
        catch (FormatException)
        {
            // As it says.
        }

        HeaderBlock.IndexOfSchemeHttp(bytes).ShouldBeInRange(-1, bytes.Length - 1);
    });

    [Theory]
    [InlineData("8386", 1)]
    [InlineData("3fe10183418cf1e3c2e5f23a6ba0ab90f4ff86", 18)]
    [InlineData("8387", -1)]
    [InlineData("00018601867f8000", -1)]
    public void The_scheme_is_found_among_the_fields(string block, int at) => HeaderBlock.IndexOfSchemeHttp(Convert.FromHexString(block)).ShouldBe(at);

    private static byte[] Index(int index) => index < 127 ? [(byte)(0x80 | index)] : [0xff, (byte)(index - 127)];

    private static IEnumerable<string> Read(HeaderDecoder decoder, string block)
    {
        List<HeaderField> fields = [];
        decoder.Decode(Convert.FromHexString(block), fields);
        return fields.Select(f => $"{Encoding.ASCII.GetString(f.Name)}: {f.Text}");
    }
}
