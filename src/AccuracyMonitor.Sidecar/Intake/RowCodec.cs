using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Rows of a batch, in any <see cref="RowEncoding"/>, as <see cref="ReportedBatch.Width"/> floats each.</summary>
/// <param name="batch">Its lengths were checked.</param>
internal readonly ref struct RowCodec(in ReportedBatch batch)
{
    /// <summary>Most probabilities of a top-k row.</summary>
    public const int MaxTop = 64;

    private readonly ReadOnlySpan<byte> _values = batch.Values.Span;
    private readonly ReadOnlySpan<byte> _classes = batch.TopClasses.Span;
    private readonly RowEncoding _encoding = batch.Encoding;
    private readonly int _top = (int)batch.Top;
    private readonly int _rowBytes = batch.RowBytes;

    /// <summary>Reads one row into a place of a batch of this width.</summary>
    /// <returns>Null if the row was read and its values are still to be checked; else what is wrong with a top-k row that no full row contains.</returns>
    public RowFault? Read(int row, ScoreBatch target, int place)
    {
        var source = _values.Slice(row * _rowBytes, _rowBytes);
        switch (_encoding)
        {
            case RowEncoding.Float16:
                ReadHalves(source, target.Row(place));
                return null;
            case RowEncoding.TopK:
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

    private RowFault? ReadTop(int row, ReadOnlySpan<byte> source, ScoreBatch target, int place)
    {
        var top = target.Row(place);
        var classes = target.Classes(place);
        ReadFloats(source[..^sizeof(float)], top);
        var rest = BinaryPrimitives.ReadSingleLittleEndian(source[^sizeof(float)..]);
        target.TailMass(place) = rest;
        var (count, others) = (target.Model.ClassCount, target.Model.ClassCount - top.Length);
        if (rest / others > top[^1] * 1.00001f + 1e-7f)
        {
            return Fault($"the rest is {rest}; {others} further classes, each at most the last value {top[^1]}, can't hold it.");
        }

        var indices = _classes.Slice(row * _top * sizeof(ushort), _top * sizeof(ushort));
        for (var i = 0; i < top.Length; i++)
        {
            var k = BinaryPrimitives.ReadUInt16LittleEndian(indices[(2 * i)..]);
            if (k >= count)
            {
                return Fault($"class {i} is {k}; it must be below class_count = {count}.");
            }

            if (i > 0 && top[i] > top[i - 1])
            {
                return Fault($"value {i} is {top[i]}, after {top[i - 1]}; the values must fall.");
            }

            if (classes[..i].IndexOf(k) is >= 0 and var earlier)
            {
                return Fault($"class {k} is named twice, at {earlier} and {i}.");
            }

            classes[i] = k;
        }

        return null;
    }

    private static RowFault Fault(FormattableString message) => new(RowFaultKind.InvalidTop, FormattableString.Invariant(message));
}
