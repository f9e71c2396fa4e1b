using System.Buffers.Binary;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>The values of a floating-point output as float32, little-endian.</summary>
internal static class TensorValues
{
    /// <returns>Null if there are no values, or the number of bytes is not a whole number of elements.</returns>
    public static ReadOnlyMemory<byte>? AsFloat32(OutputTensor tensor)
    {
        if (tensor.Raw is { } raw)
        {
            return FromRaw(tensor.Datatype, raw);
        }

        // FP16 and BF16 have no typed field in the protobuf; REST writes them as numbers.
        return (tensor.Floats, tensor.Doubles) switch
        {
            ({ } floats, _) => Convert(floats.Count, i => floats[i]),
            (_, { } doubles) => Convert(doubles.Count, i => (float)doubles[i]),
            _ => null,
        };
    }

    /// <param name="second">Probabilities of the second of two classes, float32.</param>
    /// <returns>Rows of both.</returns>
    public static ReadOnlyMemory<byte> OfSigmoid(ReadOnlyMemory<byte> second)
    {
        var both = new byte[2 * second.Length];
        for (var at = 0; at < second.Length; at += sizeof(float))
        {
            var value = BinaryPrimitives.ReadSingleLittleEndian(second.Span[at..]);
            BinaryPrimitives.WriteSingleLittleEndian(both.AsSpan(2 * at), 1 - value);
            BinaryPrimitives.WriteSingleLittleEndian(both.AsSpan((2 * at) + sizeof(float)), value);
        }

        return both;
    }

    private static ReadOnlyMemory<byte>? FromRaw(string datatype, ReadOnlyMemory<byte> raw)
    {
        var size = datatype switch { "FP64" => sizeof(double), "FP32" => sizeof(float), _ => sizeof(ushort) };
        if (raw.Length % size != 0)
        {
            return null;
        }

        return datatype switch
        {
            "FP32" => raw,
            "FP64" => Convert(raw.Length / size, i => (float)BinaryPrimitives.ReadDoubleLittleEndian(raw.Span[(i * size)..])),
            "FP16" => Convert(raw.Length / size, i => (float)BinaryPrimitives.ReadHalfLittleEndian(raw.Span[(i * size)..])),

            // The upper half of a float32.
            _ => Convert(raw.Length / size, i => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(raw.Span[(i * size)..]) << 16)),
        };
    }

    /// <returns>Null if it is more than an array holds.</returns>
    private static ReadOnlyMemory<byte>? Convert(int count, Func<int, float> value)
    {
        if (count > Array.MaxLength / sizeof(float))
        {
            return null;
        }

        var result = new byte[count * sizeof(float)];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(result.AsSpan(i * sizeof(float)), value(i));
        }

        return result;
    }
}
