using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Rows of a batch, in any <see cref="ValueEncoding"/>, as <see cref="Width"/> floats each. The batch's lengths were checked before.</summary>
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

    /// <summary>K, or <c>top</c> of the short form.</summary>
    public static int Width(PredictionBatch batch) => (int)(batch.Encoding == ValueEncoding.Top ? batch.Top : batch.ClassCount);

    /// <summary>Reads one row into a place of a batch of this <see cref="Width"/>.</summary>
    /// <returns>What is wrong with a short row, which can't be that of any whole one; null: read, and still to be checked as any row is.</returns>
    public string? Read(int row, ScoreBatch target, int place)
    {
        var source = _values.Slice(row * _rowBytes, _rowBytes);
        switch (_encoding)
        {
            case ValueEncoding.Float16:
                ReadHalves(source, target.Row(place));
                return null;
            case ValueEncoding.Top:
                return ReadTop(row, source, target, place);
            default:
                ReadFloats(source, target.Row(place));
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

    private string? ReadTop(int row, ReadOnlySpan<byte> source, ScoreBatch target, int place)
    {
        var top = target.Row(place);
        var classes = target.Classes(place);
        ReadFloats(source[..^sizeof(float)], top);
        var rest = BinaryPrimitives.ReadSingleLittleEndian(source[^sizeof(float)..]);
        target.TailMass(place) = rest;
        var (count, others) = (target.Model.ClassCount, target.Model.ClassCount - top.Length);
        if (rest / others > top[^1] * 1.00001f + 1e-7f)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"the rest is {rest}; {others} further classes, each at most the last value {top[^1]}, can't hold it.");
        }

        var indices = _classes.Slice(row * _top * sizeof(ushort), _top * sizeof(ushort));
        for (var i = 0; i < top.Length; i++)
        {
            var k = BinaryPrimitives.ReadUInt16LittleEndian(indices[(2 * i)..]);
            if (k >= count)
            {
                return string.Create(CultureInfo.InvariantCulture, $"class {i} is {k}; it must be below class_count = {count}.");
            }

            if (i > 0 && top[i] > top[i - 1])
            {
                return string.Create(CultureInfo.InvariantCulture, $"value {i} is {top[i]}, after {top[i - 1]}; the values must fall.");
            }

            if (classes[..i].IndexOf(k) is >= 0 and var earlier)
            {
                return string.Create(CultureInfo.InvariantCulture, $"class {k} is named twice, at {earlier} and {i}.");
            }

            classes[i] = k;
        }

        return null;
    }
}
