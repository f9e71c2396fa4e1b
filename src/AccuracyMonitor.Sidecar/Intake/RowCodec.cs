using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Rows of a batch, in any <see cref="ValueEncoding"/>, as K floats each. The batch's lengths were checked before.</summary>
internal readonly ref struct RowCodec(PredictionBatch batch)
{
    /// <summary>Most probabilities of the short form.</summary>
    public const int MaxTop = 64;

    private readonly ReadOnlySpan<byte> _values = batch.Values.Span;
    private readonly ReadOnlySpan<byte> _classes = batch.TopClasses.Span;
    private readonly ValueEncoding _encoding = batch.Encoding;
    private readonly int _top = (int)batch.Top;
    private readonly int _rowBytes = RowBytes(batch);

    public static int RowBytes(PredictionBatch batch) => batch.Encoding switch
    {
        ValueEncoding.Float16 => (int)batch.ClassCount * 2,
        ValueEncoding.Top => ((int)batch.Top + 1) * sizeof(float),
        _ => (int)batch.ClassCount * sizeof(float),
    };

    public static string Describe(PredictionBatch batch) => batch.Encoding switch
    {
        ValueEncoding.Float16 => "2 × class_count",
        ValueEncoding.Top => "4 × (top + 1)",
        _ => "4 × class_count",
    };

    /// <summary>Reads one row.</summary>
    /// <returns>What is wrong with a short row, which can't be put together then; null: read, and still to be checked as any row is.</returns>
    public string? Read(int row, Span<float> target)
    {
        var source = _values.Slice(row * _rowBytes, _rowBytes);
        switch (_encoding)
        {
            case ValueEncoding.Float16:
                ReadHalves(source, target);
                return null;
            case ValueEncoding.Top:
                return ReadTop(source, _classes.Slice(row * _top * sizeof(ushort), _top * sizeof(ushort)), target);
            default:
                ReadFloats(source, target);
                return null;
        }
    }

    private static void ReadFloats(ReadOnlySpan<byte> source, Span<float> target)
    {
        source.CopyTo(MemoryMarshal.AsBytes(target));
        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<float, int>(target);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    private static void ReadHalves(ReadOnlySpan<byte> source, Span<float> target)
    {
        if (BitConverter.IsLittleEndian)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), target);
            return;
        }

        for (var i = 0; i < target.Length; i++)
        {
            target[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(2 * i)..]);
        }
    }

    // The rest is spread evenly: whatever reads only the largest values and the rest's mass sees what it would see of the whole row.
    private static string? ReadTop(ReadOnlySpan<byte> source, ReadOnlySpan<byte> classes, Span<float> target)
    {
        Span<float> values = stackalloc float[MaxTop + 1];
        values = values[..(source.Length / sizeof(float))];
        ReadFloats(source, values);
        var top = values[..^1];
        var rest = values[^1];
        var others = target.Length - top.Length;
        if (rest / others > top[^1] * 1.00001f + 1e-7f)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the rest is {rest}; {others} further classes, each at most the last value {top[^1]}, can't hold it.");
        }

        target.Fill(rest / others);
        for (var i = 0; i < top.Length; i++)
        {
            var k = BinaryPrimitives.ReadUInt16LittleEndian(classes[(2 * i)..]);
            if (k >= target.Length)
            {
                return string.Create(CultureInfo.InvariantCulture, $"class {i} is {k}; it must be below class_count = {target.Length}.");
            }

            if (i > 0 && top[i] > top[i - 1])
            {
                return string.Create(CultureInfo.InvariantCulture, $"value {i} is {top[i]}, after {top[i - 1]}; the values must fall.");
            }

            for (var earlier = 0; earlier < i; earlier++)
            {
                if (BinaryPrimitives.ReadUInt16LittleEndian(classes[(2 * earlier)..]) == k)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"class {k} is named twice, at {earlier} and {i}.");
                }
            }

            target[k] = top[i];
        }

        return null;
    }
}
