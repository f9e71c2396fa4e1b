using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads one NumPy array in the .npy format, versions 1 to 3 (NEP 1), little-endian, C order. Written out because the file is a header and
/// a block of numbers, and because a general reader's errors name neither the bound nor what was found.
/// </summary>
internal static partial class NpyReader
{
    /// <summary>Elements an array may have: a larger one is a damaged header, not a trace.</summary>
    public const long MaxElements = 1L << 29;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <returns>Shape, and the elements in row-major order.</returns>
    /// <exception cref="InvalidDataException">Not an .npy, another byte order or type, or truncated.</exception>
    public static (int[] Shape, float[] Values) ReadFloats(Stream stream)
    {
        var (type, shape, count) = ReadHeader(stream);
        return type switch
        {
            "<f4" => (shape, ReadElements(stream, count, 4, static b => BinaryPrimitives.ReadSingleLittleEndian(b))),
            "<f8" => (shape, ReadElements(stream, count, 8, static b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b))),
            "<f2" => (shape, ReadElements(stream, count, 2, static b => (float)BinaryPrimitives.ReadHalfLittleEndian(b))),
            _ => throw new InvalidDataException($"element type '{type}'; expected little-endian floating point ('<f4', '<f8' or '<f2')."),
        };
    }

    /// <inheritdoc cref="ReadFloats"/>
    /// <remarks>A value that an int cannot hold is read as −1, which no caller takes for a class.</remarks>
    public static (int[] Shape, int[] Values) ReadIntegers(Stream stream)
    {
        var (type, shape, count) = ReadHeader(stream);
        return type switch
        {
            "|u1" => (shape, ReadElements(stream, count, 1, static b => (int)b[0])),
            "|i1" => (shape, ReadElements(stream, count, 1, static b => (int)(sbyte)b[0])),
            "<u2" => (shape, ReadElements(stream, count, 2, static b => (int)BinaryPrimitives.ReadUInt16LittleEndian(b))),
            "<i2" => (shape, ReadElements(stream, count, 2, static b => (int)BinaryPrimitives.ReadInt16LittleEndian(b))),
            "<i4" => (shape, ReadElements(stream, count, 4, static b => BinaryPrimitives.ReadInt32LittleEndian(b))),
            "<u4" => (shape, ReadElements(stream, count, 4, static b => ToInt(BinaryPrimitives.ReadUInt32LittleEndian(b)))),
            "<i8" => (shape, ReadElements(stream, count, 8, static b => ToInt(BinaryPrimitives.ReadInt64LittleEndian(b)))),
            "<u8" => (shape, ReadElements(stream, count, 8, static b => ToInt(BinaryPrimitives.ReadInt64LittleEndian(b)))),
            _ => throw new InvalidDataException($"element type '{type}'; expected an integer of 1 to 8 bytes, little-endian."),
        };
    }

    private static int ToInt(long value) => value is >= int.MinValue and <= int.MaxValue ? (int)value : -1;

    private static T[] ReadElements<T>(Stream stream, int count, int size, Func<ReadOnlySpan<byte>, T> convert)
    {
        var values = new T[count];
        var block = new byte[size * 8192];
        for (var done = 0; done < count;)
        {
            var take = Math.Min(8192, count - done);
            var bytes = block.AsSpan(0, take * size);
            Fill(stream, bytes, $"{count} elements of {size} bytes");
            for (var i = 0; i < take; i++)
            {
                values[done + i] = convert(bytes.Slice(i * size, size));
            }

            done += take;
        }

        return values;
    }

    private static (string Type, int[] Shape, int Count) ReadHeader(Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        Fill(stream, start[..8], "a header");
        if (!start[..6].SequenceEqual(Magic) || start[6] is < 1 or > 3)
        {
            throw new InvalidDataException("not a NumPy array: it does not start with \\x93NUMPY, version 1 to 3.");
        }

        var lengthBytes = start[6] == 1 ? 2 : 4;
        Fill(stream, start.Slice(8, lengthBytes), "a header");
        var length = lengthBytes == 2
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > 1 << 16)
        {
            throw new InvalidDataException($"header of {length} bytes; at most {1 << 16} are read.");
        }

        var header = new byte[length];
        Fill(stream, header, "a header");
        var match = Header().Match(Encoding.UTF8.GetString(header));
        if (!match.Success)
        {
            throw new InvalidDataException($"header not understood: {Encoding.UTF8.GetString(header).Trim()}");
        }

        if (string.Equals(match.Groups["fortran"].Value, "True", StringComparison.Ordinal))
        {
            throw new InvalidDataException("Fortran order; expected C order (numpy.ascontiguousarray).");
        }

        var shape = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(s => long.Parse(s, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
        var count = shape.Aggregate(1L, (product, n) => n > MaxElements || product * n > MaxElements ? MaxElements + 1 : product * n);
        return count <= MaxElements && shape.All(n => n <= MaxElements)
            ? (match.Groups["type"].Value, [.. shape.Select(n => (int)n)], (int)count)
            : throw new InvalidDataException($"shape ({string.Join(", ", shape)}); at most {MaxElements} elements are read.");
    }

    private static void Fill(Stream stream, Span<byte> bytes, string expected)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException($"truncated: expected {expected}.");
        }
    }

    [GeneratedRegex(
        @"'descr':\s*'(?<type>[^']{2,8})',\s*'fortran_order':\s*(?<fortran>True|False),\s*'shape':\s*\((?<shape>(\s*[0-9]{1,18}\s*,?)*)\)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Header();
}
