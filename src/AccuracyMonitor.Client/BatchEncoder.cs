using System.Buffers.Binary;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AccuracyMonitor.Protocol;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Client;

/// <summary>
/// Writes rows in the encoding that the sidecar said suffices. A batch with a row that is no softmax vector is written in full, so that the
/// sidecar judges and counts what was reported and not what an encoding made of it.
/// </summary>
public static class BatchEncoder
{
    // e⁻²³ = 10⁻¹⁰: the floor below which no monitor looks.
    private const float LeastLog = -23;

    /// <summary>Sets form, encoding and values of a batch.</summary>
    /// <param name="batch">Class count is set.</param>
    /// <param name="rows">Row-major, whole rows; overwritten.</param>
    /// <param name="logits">The rows are logits.</param>
    /// <param name="encoding">Wanted.</param>
    /// <param name="top">Of <see cref="ValueEncoding.Top"/>.</param>
    public static void Encode(PredictionBatch batch, Span<float> rows, bool logits, ValueEncoding encoding, int top)
    {
        var classes = (int)batch.ClassCount;
        batch.Form = logits ? OutputForm.Logits : OutputForm.Probabilities;
        var shortForm = encoding == ValueEncoding.Top && top >= 1 && top < classes;
        if ((!shortForm && encoding != ValueEncoding.Float16) || !AllAreOutputs(rows, classes, logits))
        {
            batch.Encoding = ValueEncoding.Float32;
            batch.Values = Floats(rows);
        }
        else if (shortForm)
        {
            EncodeTop(batch, rows, classes, logits, top);
        }
        else
        {
            EncodeHalves(batch, rows, classes, logits);
        }
    }

    private static bool AllAreOutputs(ReadOnlySpan<float> rows, int classes, bool logits)
    {
        for (var at = 0; at < rows.Length; at += classes)
        {
            var row = rows.Slice(at, classes);
            if (logits ? !double.IsFinite(SoftmaxRow.Sum(row)) : !SoftmaxRow.IsProbabilities(row))
            {
                return false;
            }
        }

        return true;
    }

    // Logits less the largest, which the sidecar's softmax takes back: the nearer to the largest, the finer a half is.
    private static void EncodeHalves(PredictionBatch batch, Span<float> rows, int classes, bool logits)
    {
        var halves = new Half[rows.Length];
        for (var at = 0; at < rows.Length; at += classes)
        {
            var row = rows.Slice(at, classes);
            if (!logits)
            {
                TensorPrimitives.Log(row, row);
            }

            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.Max(row, LeastLog, row);
            TensorPrimitives.ConvertToHalf(row, halves.AsSpan(at, classes));
        }

        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<Half, short>(halves.AsSpan());
            BinaryPrimitives.ReverseEndianness(words, words);
        }

        batch.Form = OutputForm.Logits;
        batch.Encoding = ValueEncoding.Float16;
        batch.Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan()));
    }

    private static void EncodeTop(PredictionBatch batch, Span<float> rows, int classes, bool logits, int top)
    {
        var count = rows.Length / classes;
        var values = new float[count * (top + 1)];
        var indices = new byte[count * top * sizeof(ushort)];
        Span<int> largest = stackalloc int[top];
        for (var r = 0; r < count; r++)
        {
            var row = rows.Slice(r * classes, classes);
            if (logits)
            {
                TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
                TensorPrimitives.SoftMax<float>(row, row);
            }

            Largest(row, largest);
            var target = values.AsSpan(r * (top + 1), top + 1);
            var rest = TensorPrimitives.Sum<float>(row);
            for (var i = 0; i < top; i++)
            {
                target[i] = row[largest[i]];
                rest -= target[i];
                BinaryPrimitives.WriteUInt16LittleEndian(indices.AsSpan(((r * top) + i) * sizeof(ushort)), (ushort)largest[i]);
            }

            target[top] = Math.Max(rest, 0);
        }

        batch.Form = OutputForm.Probabilities;
        batch.Encoding = ValueEncoding.Top;
        batch.Top = (uint)top;
        batch.Values = Floats(values);
        batch.TopClasses = UnsafeByteOperations.UnsafeWrap(indices);
    }

    // Of equal values the first: it is the predicted class.
    private static void Largest(ReadOnlySpan<float> row, Span<int> largest)
    {
        for (var i = 0; i < largest.Length; i++)
        {
            Insert(row, i, largest, i);
        }

        var least = row[largest[^1]];
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row[largest.Length..]);
        for (var v = 0; v < vectors.Length; v++)
        {
            if (Vector.GreaterThanAny(vectors[v], new Vector<float>(least)))
            {
                var from = largest.Length + (v * Vector<float>.Count);
                InsertAll(row, from, from + Vector<float>.Count, largest);
                least = row[largest[^1]];
            }
        }

        InsertAll(row, largest.Length + (vectors.Length * Vector<float>.Count), row.Length, largest);
    }

    private static void InsertAll(ReadOnlySpan<float> row, int from, int to, Span<int> largest)
    {
        for (var k = from; k < to; k++)
        {
            if (row[k] > row[largest[^1]])
            {
                Insert(row, k, largest, largest.Length - 1);
            }
        }
    }

    private static void Insert(ReadOnlySpan<float> row, int k, Span<int> largest, int at)
    {
        for (; at > 0 && row[largest[at - 1]] < row[k]; at--)
        {
            largest[at] = largest[at - 1];
        }

        largest[at] = k;
    }

    private static ByteString Floats(ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            return ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        }

        var words = new int[values.Length];
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values), words);
        return ByteString.CopyFrom(MemoryMarshal.AsBytes(words.AsSpan()));
    }
}
