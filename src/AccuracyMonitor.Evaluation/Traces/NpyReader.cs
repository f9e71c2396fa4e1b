using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Reads one NumPy array in the .npy format, versions 1 to 3 (NEP 1), little-endian, in C or Fortran order. Written out because the file is a header and
/// a block of numbers, and because a general reader's errors name neither the bound nor what was found.
/// </summary>
internal static partial class NpyReader
{
    /// <summary>Elements an array may have: a larger one is a damaged header, not a trace.</summary>
    public const long MaxElements = 1L << 29;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads no more than the header.</summary>
    /// <returns>Shape, and whether an element may be NaN.</returns>
    public static (int[] Shape, bool CanMiss) ReadShape(Stream stream)
    {
        var header = ReadHeader(stream);
        return (header.Shape, header.Type.Contains('f', StringComparison.Ordinal));
    }

    /// <param name="stream">At the array's start.</param>
    /// <param name="length">Bytes of the stream: a header that asks for more is refused before memory is taken for it.</param>
    /// <returns>Shape, and the elements in row-major order.</returns>
    /// <exception cref="InvalidDataException">Not an .npy, another byte order or type, or truncated.</exception>
    public static (int[] Shape, float[] Values) ReadFloats(Stream stream, long length)
    {
        var header = ReadHeader(stream) with { Bytes = length };
        var values = Floats(stream, header)
            ?? throw new InvalidDataException($"element type '{header.Type}'; expected little-endian floating point ('<f4', '<f8' or '<f2').");
        return (header.Shape, RowMajor(header, values));
    }

    /// <summary>Labels: integers, whole floating-point numbers (NaN: none), truth values, or one row of zeros and a one for each.</summary>
    /// <returns>Shape, and the elements in row-major order.</returns>
    /// <inheritdoc cref="ReadFloats" path="/param|/exception"/>
    public static (int[] Shape, double[] Values) ReadLabels(Stream stream, long length)
    {
        var header = ReadHeader(stream) with { Bytes = length };
        var type = header.Type;
        var values = type switch
        {
            "|u1" or "|b1" => ReadElements(stream, header, 1, static b => (double)b[0]),
            "|i1" => ReadElements(stream, header, 1, static b => (double)(sbyte)b[0]),
            "<u2" => ReadElements(stream, header, 2, static b => (double)BinaryPrimitives.ReadUInt16LittleEndian(b)),
            "<i2" => ReadElements(stream, header, 2, static b => (double)BinaryPrimitives.ReadInt16LittleEndian(b)),
            "<i4" => ReadElements(stream, header, 4, static b => (double)BinaryPrimitives.ReadInt32LittleEndian(b)),
            "<u4" => ReadElements(stream, header, 4, static b => (double)BinaryPrimitives.ReadUInt32LittleEndian(b)),
            "<i8" => ReadElements(stream, header, 8, static b => (double)BinaryPrimitives.ReadInt64LittleEndian(b)),
            "<u8" => ReadElements(stream, header, 8, static b => (double)BinaryPrimitives.ReadUInt64LittleEndian(b)),
            "<f8" => ReadElements(stream, header, 8, static b => BinaryPrimitives.ReadDoubleLittleEndian(b)),
            _ => Floats(stream, header) is { } floats ? Array.ConvertAll(floats, v => (double)v) : null,
        };
        return values is null
            ? throw new InvalidDataException($"element type '{type}'; expected integers or floating point, "
                + $"little-endian{(type.Contains('U', StringComparison.Ordinal) ? " (names are not read: save their indices)" : "")}.")
            : (header.Shape, RowMajor(header, values));
    }

    private static float[]? Floats(Stream stream, NpyHeader header) => header.Type switch
    {
        "<f4" => ReadElements(stream, header, 4, static b => BinaryPrimitives.ReadSingleLittleEndian(b)),
        "<f8" => ReadElements(stream, header, 8, static b => (float)BinaryPrimitives.ReadDoubleLittleEndian(b)),
        "<f2" => ReadElements(stream, header, 2, static b => (float)BinaryPrimitives.ReadHalfLittleEndian(b)),
        _ => null,
    };

    /// <summary>In Fortran order the first index runs fastest.</summary>
    private static T[] RowMajor<T>(NpyHeader header, T[] values)
    {
        if (!header.Fortran || header.Shape.Length < 2)
        {
            return values;
        }

        if (header.Shape.Length > 2)
        {
            throw new InvalidDataException($"Fortran order with {header.Shape.Length} dimensions; expected C order (numpy.ascontiguousarray).");
        }

        var (rows, columns) = (header.Shape[0], header.Shape[1]);
        var ordered = new T[values.Length];
        for (var column = 0; column < columns; column++)
        {
            for (var row = 0; row < rows; row++)
            {
                ordered[(row * columns) + column] = values[(column * rows) + row];
            }
        }

        return ordered;
    }

    private static T[] ReadElements<T>(Stream stream, NpyHeader header, int size, Func<ReadOnlySpan<byte>, T> convert)
    {
        var count = header.Count;
        if ((long)count * size > header.Bytes)
        {
            throw new InvalidDataException($"truncated: expected {count} elements of {size} bytes, and there are {header.Bytes} bytes in all.");
        }

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

    private static NpyHeader ReadHeader(Stream stream)
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
        var shape = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(s => long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        if (!match.Success || shape.Contains(-1))
        {
            throw new InvalidDataException($"header not understood: {Encoding.UTF8.GetString(header).Trim()}");
        }

        var count = shape.Aggregate(1L, (product, n) => n > MaxElements || product * n > MaxElements ? MaxElements + 1 : product * n);
        return count <= MaxElements && shape.All(n => n <= MaxElements)
            ? new NpyHeader(
                match.Groups["type"].Value, [.. shape.Select(n => (int)n)], (int)count,
                string.Equals(match.Groups["fortran"].Value, "True", StringComparison.Ordinal))
            : throw new InvalidDataException($"shape ({string.Join(", ", shape)}); at most {MaxElements} elements are read.");
    }

    private static void Fill(Stream stream, Span<byte> bytes, string expected)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException($"truncated: expected {expected}.");
        }
    }

    /// <param name="Type">As <c>&lt;f4</c>.</param>
    /// <param name="Shape">Of the array.</param>
    /// <param name="Count">Its elements.</param>
    /// <param name="Fortran">Whether the first index runs fastest.</param>
    private sealed record NpyHeader(string Type, int[] Shape, int Count, bool Fortran)
    {
        /// <summary>Of the stream with the header; an array can't have more.</summary>
        public long Bytes { get; init; } = long.MaxValue;
    }

    [GeneratedRegex(
        @"'descr':\s*'(?<type>[^']{2,8})',\s*'fortran_order':\s*(?<fortran>True|False),\s*'shape':\s*\((?<shape>[0-9,\s]*)\)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Header();
}
