using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Unpacks a body up to a bound: a kilobyte may unpack to a gigabyte.</summary>
internal static class Compression
{
    /// <summary>By the magic numbers of gzip (RFC 1952) and of zlib at its usual window (RFC 1950), whose header is a multiple of 31.</summary>
    /// <returns>Null if it is neither.</returns>
    public static string? ByMagicNumber(ReadOnlySpan<byte> body) => body switch
    {
        [0x1F, 0x8B, ..] => "gzip",
        [0x78, _, ..] when BinaryPrimitives.ReadUInt16BigEndian(body) % 31 == 0 => "deflate",
        _ => null,
    };

    /// <summary>What a header says, or the body itself where none says anything.</summary>
    public static string? Named(string? encoding, ReadOnlySpan<byte> body) =>
        string.IsNullOrEmpty(encoding) || string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase) ? ByMagicNumber(body) : encoding;

    /// <param name="packed">As on the wire.</param>
    /// <param name="encoding">Of the headers content-encoding or grpc-encoding; null, empty and identity: not packed.</param>
    /// <param name="maxBytes">Largest size unpacked.</param>
    /// <param name="unpacked">Set when the result is <see cref="CaptureFailure.None"/>.</param>
    public static CaptureFailure TryUnpack(ReadOnlyMemory<byte> packed, string? encoding, int maxBytes, out ReadOnlyMemory<byte> unpacked)
    {
        unpacked = packed;
        if (string.IsNullOrEmpty(encoding) || string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return CaptureFailure.None;
        }

        var bytes = MemoryMarshal.TryGetArray(packed, out var segment) ? segment : new ArraySegment<byte>(packed.ToArray());
        using var source = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using Stream? stream = encoding.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(source, CompressionMode.Decompress),

            // In HTTP and gRPC this name means the zlib format.
            "DEFLATE" => new ZLibStream(source, CompressionMode.Decompress),
            _ => null,
        };
        return stream is null ? CaptureFailure.UnsupportedEncoding : TryRead(stream, maxBytes, out unpacked);
    }

    private static CaptureFailure TryRead(Stream stream, int maxBytes, out ReadOnlyMemory<byte> unpacked)
    {
        unpacked = default;
        using var target = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                if (target.Length + read > maxBytes)
                {
                    return CaptureFailure.TooLarge;
                }

                target.Write(buffer, 0, read);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // IOException is zlib's own, where a body asks for a dictionary of its own (FDICT); the stream under it is memory.
            return CaptureFailure.Undecodable;
        }

        unpacked = target.GetBuffer().AsMemory(0, (int)target.Length);
        return CaptureFailure.None;
    }
}
