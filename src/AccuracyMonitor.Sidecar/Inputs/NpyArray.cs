using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>An array in NumPy's format .npy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), of numbers in row-major order.</summary>
internal sealed partial class NpyArray
{
    private const int MaxHeader = 1 << 16;
    private const int MaxDimensions = 32;

    private readonly ReadOnlyMemory<byte> _data;
    private readonly bool _isBigEndian;

    private NpyArray(string type, bool isBigEndian, int[] shape, ReadOnlyMemory<byte> data) =>
        (Type, _isBigEndian, Shape, _data) = (type, isBigEndian, shape, data);

    /// <summary>Kind and bytes of an element, such as f4 or u1.</summary>
    public string Type { get; }

    public IReadOnlyList<int> Shape { get; }

    public int Count => _data.Length / ElementBytes;

    private int ElementBytes => Type[1] - '0';

    public double this[int index]
    {
        get
        {
            Span<byte> element = stackalloc byte[ElementBytes];
            _data.Span.Slice(index * ElementBytes, ElementBytes).CopyTo(element);
            if (_isBigEndian)
            {
                element.Reverse();
            }

            return Type switch
            {
                "f2" => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
                "f4" => BinaryPrimitives.ReadSingleLittleEndian(element),
                "f8" => BinaryPrimitives.ReadDoubleLittleEndian(element),
                "i1" => (sbyte)element[0],
                "i2" => BinaryPrimitives.ReadInt16LittleEndian(element),
                "i4" => BinaryPrimitives.ReadInt32LittleEndian(element),
                "i8" => BinaryPrimitives.ReadInt64LittleEndian(element),
                "u2" => BinaryPrimitives.ReadUInt16LittleEndian(element),
                "u4" => BinaryPrimitives.ReadUInt32LittleEndian(element),
                "u8" => BinaryPrimitives.ReadUInt64LittleEndian(element),
                _ => element[0],
            };
        }
    }

    /// <returns>Null if it is no such array.</returns>
    public static NpyArray? Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < 12 || bytes[0] != 0x93 || !bytes[1..].StartsWith("NUMPY"u8))
        {
            return null;
        }

        var (start, length) = bytes[6] == 1
            ? (10, BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]))
            : (12, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        if (length > MaxHeader || start + (long)length > bytes.Length)
        {
            return null;
        }

        var header = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        var type = TypeOf().Match(header);
        var shape = ShapeOf().Match(header);
        return type.Success && shape.Success && IsRowMajor().IsMatch(header) && Dimensions(shape.Groups["shape"].Value) is { } dimensions
            ? Of(type, dimensions, file[(start + (int)length)..])
            : null;
    }

    private static NpyArray? Of(Match type, int[] shape, ReadOnlyMemory<byte> data)
    {
        var name = type.Groups["type"].Value;
        var bytes = shape.Aggregate((long)(name[1] - '0'), static (product, size) => Math.Min(product * size, int.MaxValue));
        return bytes == data.Length ? new NpyArray(name, type.Groups["order"].Value == ">", shape, data) : null;
    }

    private static int[]? Dimensions(string text)
    {
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shape = new int[parts.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            if (i >= MaxDimensions || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                return null;
            }
        }

        return shape;
    }

    [GeneratedRegex(@"'descr'\s*:\s*'(?<order>[<>|=])(?<type>f[248]|[iu][1248]|b1)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeOf();

    [GeneratedRegex(@"'shape'\s*:\s*\((?<shape>[0-9, ]*)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ShapeOf();

    [GeneratedRegex(@"'fortran_order'\s*:\s*False", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsRowMajor();
}
