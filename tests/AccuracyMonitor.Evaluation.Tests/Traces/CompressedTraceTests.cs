using System.IO.Compression;
using System.Text;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>Compressed files that are cut off: what is left must not pass for a shorter file.</summary>
public class CompressedTraceTests
{
    private static readonly byte[] Csv = Encoding.UTF8.GetBytes(
        "label,p0,p1\n" + string.Concat(Enumerable.Range(1, 300).Select(i => $"1,{1 - (i / 512.0)},{i / 512.0}\n")));

    [Fact]
    public void A_gzip_cut_off_anywhere_is_refused() => IsRefusedWhereverCut(".csv.gz", Gzip(Csv));

    [Fact]
    public void A_zstd_cut_off_anywhere_is_refused()
    {
        using var compressor = new ZstdSharp.Compressor();
        IsRefusedWhereverCut(".csv.zst", compressor.Wrap(Csv).ToArray());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(300)]
    public void A_gzip_cut_off_behind_a_whole_line_is_refused(int lines)
    {
        var end = Csv.Index().Where(b => b.Item == '\n').ElementAt(lines - 1).Index + 1;
        using var packed = new MemoryStream();
        using var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(Csv.AsSpan(0, end));

        // Ends a block, and with it a byte: all that was written can be unpacked, and no more.
        gzip.Flush();
        using var file = new TemporaryTrace(".csv.gz", packed.ToArray());

        Should.Throw<TraceFileException>(() => TraceFile.Open(file.Path)).Message.ShouldStartWith($"{file.Path}: cannot be unpacked: ");
    }

    [Fact]
    public void An_npz_in_a_gzip_that_is_cut_off_is_refused()
    {
        using var npz = new NpzWriter().Add("probs", "<f4", "1, 2", 0.5f, 0.5f).Add<ushort>("labels", "<u2", "1,", 0);
        var bytes = Gzip(File.ReadAllBytes(npz.Write()));
        using var whole = new TemporaryTrace(".npz.gz", bytes);
        using var cut = new TemporaryTrace(".npz.gz", bytes[..^8]);
        TraceFile.Open(whole.Path).Load("reference").Count.ShouldBe(1);
        Should.Throw<TraceFileException>(() => TraceFile.Open(cut.Path)).Message.ShouldStartWith($"{cut.Path}: cannot be ");
    }

    [Fact]
    public void Files_that_were_put_behind_one_another_are_read_to_their_end()
    {
        using var file = new TemporaryTrace(".csv.gz", [.. Gzip(Csv), .. Gzip("1,0.5,0.5\n"u8.ToArray())]);
        TraceFile.Open(file.Path).Load("reference").Count.ShouldBe(301);
    }

    private static void IsRefusedWhereverCut(string extension, byte[] bytes)
    {
        using var whole = new TemporaryTrace(extension, bytes);
        TraceFile.Open(whole.Path).Load("reference").Count.ShouldBe(300);

        // Fewer than ten bytes are not known as compressed.
        for (var length = 10; length < bytes.Length; length += length < bytes.Length - 16 ? 7 : 1)
        {
            using var cut = new TemporaryTrace(extension, bytes[..length]);
            Should.Throw<TraceFileException>(() => TraceFile.Open(cut.Path), $"cut at {length} of {bytes.Length}").Message
                .ShouldStartWith($"{cut.Path}: cannot be unpacked: ");
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
