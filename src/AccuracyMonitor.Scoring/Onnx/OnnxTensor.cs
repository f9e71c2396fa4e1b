namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>A constant tensor: an initializer of a graph, or an attribute's value.</summary>
public sealed class OnnxTensor
{
    // TensorProto of onnx.proto.
    private const int DimsField = 1;
    private const int TypeField = 2;
    private const int NameField = 8;
    private const int RawDataField = 9;

    private readonly Action<ProtoWriter> _data;

    private OnnxTensor(string name, OnnxElementType type, long[] dimensions, long elements, Action<ProtoWriter> data)
    {
        var expected = dimensions.Aggregate(1L, (product, d) => product * d);
        if (expected != elements)
        {
            throw new ArgumentException($"'{name}': {elements} elements do not fill ({string.Join(", ", dimensions)}).", nameof(dimensions));
        }

        Name = name;
        ElementType = type;
        Dimensions = dimensions;
        _data = data;
    }

    public string Name { get; }

    public OnnxElementType ElementType { get; }

    /// <summary>Empty for a scalar.</summary>
    public IReadOnlyList<long> Dimensions { get; }

    /// <param name="name">Unique in its graph.</param>
    /// <param name="values">Row-major; kept, not copied.</param>
    /// <param name="dimensions">Their product is the number of values; none for a scalar.</param>
    public static OnnxTensor Floats(string name, float[] values, params long[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(name, OnnxElementType.Float, dimensions, values.Length, w => w.RawData<float>(RawDataField, values));
    }

    /// <inheritdoc cref="Floats"/>
    public static OnnxTensor Integers(string name, long[] values, params long[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(name, OnnxElementType.Int64, dimensions, values.Length, w => w.RawData<long>(RawDataField, values));
    }

    internal void Write(ProtoWriter writer)
    {
        if (Dimensions.Count > 0)
        {
            writer.PackedVarints(DimsField, Dimensions.ToArray());
        }

        writer.Varint(TypeField, (int)ElementType);
        writer.Text(NameField, Name);
        _data(writer);
    }
}
