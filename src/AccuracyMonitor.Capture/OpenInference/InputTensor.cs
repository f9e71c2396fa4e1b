using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>One input of a request; of the values one representation is set.</summary>
internal sealed class InputTensor
{
    public required string Name { get; init; }

    /// <summary>The protocol's name: FP32, INT64, BYTES …</summary>
    public required string Datatype { get; init; }

    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Of numbers: row-major, little-endian.</summary>
    public ReadOnlyMemory<byte> Numbers { get; init; }

    /// <summary>Of BYTES.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Elements { get; init; }

    /// <summary>NumPy's name of the type and the bytes of an element; null: no numbers.</summary>
    public static (string Type, int Bytes)? TypeOf(string datatype) => datatype switch
    {
        "BOOL" => ("|b1", 1),
        "UINT8" => ("|u1", 1),
        "UINT16" => ("<u2", 2),
        "UINT32" => ("<u4", 4),
        "UINT64" => ("<u8", 8),
        "INT8" => ("|i1", 1),
        "INT16" => ("<i2", 2),
        "INT32" => ("<i4", 4),
        "INT64" => ("<i8", 8),
        "FP16" => ("<f2", 2),
        "FP32" => ("<f4", 4),
        "FP64" => ("<f8", 8),
        _ => null,
    };

    /// <summary>Elements of BYTES as they are in binary: each behind its length of 4 bytes.</summary>
    /// <returns>Null if they are cut off.</returns>
    public static List<ReadOnlyMemory<byte>>? Split(ReadOnlyMemory<byte> raw, InputBudget budget)
    {
        List<ReadOnlyMemory<byte>> elements = [];
        while (!raw.IsEmpty)
        {
            budget.Charge(Unsafe.SizeOf<ReadOnlyMemory<byte>>());
            if (raw.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(raw.Span) is var length && length > raw.Length - sizeof(uint))
            {
                return null;
            }

            elements.Add(raw.Slice(sizeof(uint), (int)length));
            raw = raw[(sizeof(uint) + (int)length)..];
        }

        return elements;
    }

    /// <param name="row">Of the batch, which is the first dimension.</param>
    /// <param name="rows">Of the batch. Of one row the first dimension may be missing.</param>
    /// <returns>Null if the tensor has not so many rows, or its values do not fit its shape.</returns>
    public InputTensor? Row(long row, long rows)
    {
        var isBatch = Shape.Count > 0 && Shape[0] == rows;
        if (!isBatch && rows != 1)
        {
            return null;
        }

        long[] shape = [.. isBatch ? Shape.Skip(1) : Shape];
        var count = shape.Aggregate(1L, static (product, size) => size is < 0 or > int.MaxValue || product > int.MaxValue ? -1 : product * size);
        if (count < 0)
        {
            return null;
        }

        if (Elements is { } elements)
        {
            return elements.Count == count * rows
                ? new InputTensor { Name = Name, Datatype = Datatype, Shape = shape, Elements = [.. elements.Skip((int)(row * count)).Take((int)count)] }
                : null;
        }

        var bytes = count * (TypeOf(Datatype)?.Bytes ?? 0);
        return bytes > 0 && Numbers.Length == bytes * rows
            ? new InputTensor { Name = Name, Datatype = Datatype, Shape = shape, Numbers = Numbers.Slice((int)(row * bytes), (int)bytes) }
            : null;
    }
}
