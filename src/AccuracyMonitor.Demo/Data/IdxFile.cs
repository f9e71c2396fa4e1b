using System.Buffers.Binary;
using System.IO.Compression;

namespace AccuracyMonitor.Demo.Data;

/// <summary>
/// Reads the IDX format of the MNIST family: a big-endian magic number (0x08 = unsigned bytes, then the number of dimensions), one
/// big-endian int32 per dimension, then the bytes. Plain or gzip-compressed files.
/// </summary>
/// <remarks>Format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".</remarks>
public static class IdxFile
{
    private const int MaxDimensions = 4;
    private const long MaxBytes = 1L << 30;

    /// <exception cref="DemoDataException">The file is missing, of another format, or shorter or longer than its header says.</exception>
    public static IdxArray Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DemoDataException($"{path}: no such file.");
        }

        try
        {
            using var file = File.OpenRead(path);
            using var stream = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DemoDataException($"{path}: not readable as IDX: {e.Message}", e);
        }
    }

    internal static IdxArray Read(Stream stream, string name)
    {
        Span<byte> header = stackalloc byte[4];
        stream.ReadExactly(header);
        if (header is not [0, 0, 0x08, >= 1 and <= MaxDimensions])
        {
            throw new DemoDataException($"{name}: not an IDX file of unsigned bytes (magic number {Convert.ToHexString(header)}).");
        }

        var dimensions = new int[header[3]];
        var size = 1L;
        for (var i = 0; i < dimensions.Length; i++)
        {
            stream.ReadExactly(header);
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(header);
            size = dimensions[i] < 0 ? long.MaxValue : size * dimensions[i];
            if (size > MaxBytes)
            {
                throw new DemoDataException($"{name}: dimensions [{string.Join(", ", dimensions)}] exceed {MaxBytes} bytes.");
            }
        }

        var values = new byte[size];
        stream.ReadExactly(values);
        return stream.ReadByte() < 0
            ? new IdxArray(dimensions, values)
            : throw new DemoDataException($"{name}: longer than its header says ({size} bytes).");
    }

    private static bool IsGzip(FileStream file)
    {
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return isGzip;
    }
}

/// <param name="Dimensions">Sizes, outermost first.</param>
/// <param name="Values">Row-major, as many as the product of <paramref name="Dimensions"/>.</param>
public sealed record IdxArray(int[] Dimensions, byte[] Values);
