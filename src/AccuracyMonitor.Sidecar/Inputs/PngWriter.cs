using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>
/// Writes 8-bit pictures as PNG (https://www.w3.org/TR/png-3/). By hand: zlib and CRC-32 are in .NET, and the libraries that write PNG bring 10 MB of native
/// code, a licence that restricts its users, or an object for each pixel.
/// </summary>
internal static class PngWriter
{
    private const byte Grey = 0;
    private const byte Rgb = 2;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <param name="samples">Height × width × channels, row by row.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    public static byte[] Write(ReadOnlySpan<byte> samples, int width, int channels)
    {
        var line = width * channels;
        using var png = new MemoryStream();
        png.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], samples.Length / line);
        (header[8], header[9]) = (8, channels == 1 ? Grey : Rgb);
        Chunk(png, "IHDR"u8, header);

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (; samples.Length > 0; samples = samples[line..])
            {
                // Each line begins with its filter: none.
                zlib.WriteByte(0);
                zlib.Write(samples[..line]);
            }
        }

        Chunk(png, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        png.Write(number);
    }
}
