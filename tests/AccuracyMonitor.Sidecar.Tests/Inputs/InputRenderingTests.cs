using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Storage.Inputs;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Inputs;

public sealed class InputRenderingTests
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 1, 2, 3];

    [Theory]
    [InlineData("text/plain", "text/plain; charset=utf-8")]
    [InlineData("text/html", "text/plain; charset=utf-8")]
    [InlineData("image/svg+xml", "text/plain; charset=utf-8")]
    [InlineData("application/json", "text/plain; charset=utf-8")]
    [InlineData("audio/wav", "audio/wav")]
    [InlineData("application/pdf", "application/json; charset=utf-8")]
    [InlineData("application/xhtml+xml", "application/json; charset=utf-8")]
    [InlineData("image/png", "application/json; charset=utf-8")]
    [InlineData("application/x-npy", "application/json; charset=utf-8")]
    public void Bytes_are_shown_by_a_type_that_no_browser_runs(string type, string shown) =>
        Render(type, "<script>alert(1)</script>"u8.ToArray()).ContentType.ShouldBe(shown);

    [Fact]
    public void A_picture_is_served_as_it_is()
    {
        var rendered = Render("image/png", Png);

        rendered.ContentType.ShouldBe("image/png");
        rendered.Content.ToArray().ShouldBe(Png);
    }

    [Theory]
    [InlineData("m=picture", "1, 1, 2", 1)]
    [InlineData("m=picture", "1, 2", 1)]
    [InlineData("*=picture,layout=NHWC", "1, 1, 2, 1", 1)]
    public void Grey_tensors_become_pictures(string rule, string shape, int channels)
    {
        var (width, decoded) = Decode(Render("application/x-npy", Npy.Of("<f4", shape, 0f, 1f), rule), channels);

        width.ShouldBe(2);
        decoded.ShouldBe([0, 255]);
    }

    /// <summary>Two pixels: red, then blue at half strength.</summary>
    [Theory]
    [InlineData("m=picture", new float[] { 1, 0, 0, 0, 0, 0.5f })]
    [InlineData("m=picture,channels=BGR", new float[] { 0, 0.5f, 0, 0, 1, 0 })]
    [InlineData("m=picture,mean=0.5,std=0.5", new float[] { 1, -1, -1, -1, -1, 0 })]
    [InlineData("m=picture,mean=0.5/0.25/0,std=1/1/0.5", new float[] { 0.5f, -0.5f, -0.25f, -0.25f, 0, 1 })]
    [InlineData("m=picture,range=0/2", new float[] { 2, 0, 0, 0, 0, 1 })]
    public void Preprocessing_is_undone(string rule, float[] values)
    {
        var (_, decoded) = Decode(Render("application/x-npy", Npy.Of("<f4", "1, 3, 1, 2", values), rule), channels: 3);

        decoded.ShouldBe([255, 0, 0, 0, 0, 128]);
    }

    [Fact]
    public void Whole_numbers_with_channels_last_become_a_picture()
    {
        var rule = "m=picture,layout=NHWC,range=0/255";

        var (width, decoded) = Decode(Render("application/x-npy", Npy.Of<byte>("|u1", "1, 2, 3", 10, 20, 30, 40, 50, 60), rule), channels: 3);

        width.ShouldBe(2);
        decoded.ShouldBe([10, 20, 30, 40, 50, 60]);
    }

    [Fact]
    public void A_tensor_without_a_rule_is_numbers_and_names_the_setting()
    {
        var json = TextOf(Render("application/x-npy", Npy.Of("<i8", "2, 2", 1L, 2, 3, 4)));

        json.ShouldBe("""{"kind":"numbers","setting":"Labelling:Inputs:Rendering","example":"m=picture,layout=NCHW,mean=0.5,std=0.5",""" +
            """ "tensors":[{"name":"","type":"i8","shape":[2,2],"values":[1,2,3,4],"has_more":false}]}""".Trim());
    }

    [Fact]
    public void Features_are_a_table()
    {
        var table = """{"kind":"table","features":[{"name":"age","value":41},{"name":"income","value":"NaN"}]}""";

        TextOf(Render("application/x-npy", Npy.Of("<f8", "1, 2", 41, double.NaN), "m=table,features=age/income")).ShouldBe(table);
        TextOf(Render("application/x-npz", Npz(("age", Npy.Of("<i4", "1, 1", 41)), ("income", Npy.Of("<f2", "", Half.NaN))))).ShouldBe(table);
        TextOf(Render("application/x-npy", Npy.Of("<f8", "1, 2", 41d, 2), "m=table,features=age")).ShouldStartWith("""{"kind":"numbers",""");
    }

    [Fact]
    public void Of_several_tensors_the_rule_names_the_picture()
    {
        var archive = Npz(("mask", Npy.Of("<i8", "1", 1L)), ("image", Npy.Of("<f4", "1, 2", 0f, 1f)));

        Decode(Render("application/x-npz", archive, "m=picture,tensor=image"), channels: 1).Samples.ShouldBe([0, 255]);
        TextOf(Render("application/x-npz", archive, "m=picture,tensor=other")).ShouldStartWith("""{"kind":"numbers",""");
    }

    [Theory]
    [InlineData("m")]
    [InlineData("=picture")]
    [InlineData("m=film")]
    [InlineData("m=picture,layout=HWC")]
    [InlineData("m=picture,mean=1/2")]
    [InlineData("m=picture,std=x")]
    [InlineData("m=picture,range=1/1")]
    [InlineData("m=picture,features=a")]
    [InlineData("m=table,layout=NCHW")]
    public void A_rule_that_is_none_is_refused_at_the_start(string rule) =>
        new RenderingRulesValidator().Validate(null, new InputOptions { Rendering = ["*=picture", rule] }).FailureMessage!
            .ShouldStartWith($"Labelling:Inputs:Rendering:1 is '{rule}'; it must be model=picture with");

    /// <summary>Every cut and every changed byte of the header: never an exception, never more than what is there.</summary>
    [Fact]
    public void Damaged_arrays_and_archives_are_described_and_not_read()
    {
        var npy = Npy.Of("<f4", "1, 2", 0f, 1f);
        var npz = Npz(("a", npy));
        for (var i = 0; i < npy.Length; i++)
        {
            Render("application/x-npy", npy[..i], "m=picture").ContentType.ShouldStartWith("application/json");
            var changed = (byte[])npy.Clone();
            changed[i] ^= 0x15;
            _ = Render("application/x-npy", changed, "m=picture");
        }

        for (var i = 0; i < npz.Length; i++)
        {
            _ = Render("application/x-npz", npz[..i], "m=picture");
            var changed = (byte[])npz.Clone();
            changed[i] ^= 0x15;
            _ = Render("application/x-npz", changed, "m=picture");
        }
    }

    [Fact]
    public void An_archive_that_unpacks_to_more_than_an_input_may_have_is_not_read()
    {
        var archive = Npz(("zeros", Npy.Of("|u1", "3000000", new byte[3_000_000])));
        archive.Length.ShouldBeLessThan(10_000);

        TextOf(Render("application/x-npz", archive)).ShouldStartWith("""{"kind":"unknown",""");
    }

    private static RenderedInput Render(string type, byte[] content, params string[] rules) =>
        new InputRendering(Options.Create(new InputOptions { Rendering = rules })).Render("m", new StoredInput(type, content));

    private static string TextOf(RenderedInput rendered) => Encoding.UTF8.GetString(rendered.Content.Span);

    private static byte[] Npz(params (string Name, byte[] Array)[] arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, array) in arrays)
            {
                using var entry = archive.CreateEntry($"{name}.npy").Open();
                entry.Write(array);
            }
        }

        return stream.ToArray();
    }

    private static (int Width, byte[] Samples) Decode(RenderedInput rendered, int channels)
    {
        rendered.ContentType.ShouldBe("image/png");
        var png = rendered.Content.ToArray();
        var width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));
        var at = 8;
        while (!png.AsSpan(at + 4).StartsWith("IDAT"u8))
        {
            at += 12 + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
        }

        // The checksum of an empty IEND, as in every PNG.
        png.AsSpan(png.Length - 4).SequenceEqual((byte[])[0xAE, 0x42, 0x60, 0x82]).ShouldBeTrue();
        using var zlib = new ZLibStream(new MemoryStream(png, at + 8, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at))), CompressionMode.Decompress);
        using var lines = new MemoryStream();
        zlib.CopyTo(lines);
        return (width, [.. lines.ToArray().Where((_, i) => i % ((width * channels) + 1) != 0)]);
    }
}
