#pragma warning disable CA1711, CA1720 // ONNX's own words.
namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>A named constant of a node. There is one factory method for each kind that an operator here needs.</summary>
public sealed class OnnxAttribute
{
    // AttributeProto of onnx.proto: name = 1, i = 3, ints = 8, type = 20.
    private const int NameField = 1;
    private const int TypeField = 20;

    private readonly Action<ProtoWriter> _write;

    private OnnxAttribute(string name, int type, Action<ProtoWriter> value) =>
        _write = w =>
        {
            w.Text(NameField, name);
            value(w);
            w.Varint(TypeField, type);
        };

    public static OnnxAttribute Int(string name, long value) => new(name, 2, w => w.Varint(3, value));

    public static OnnxAttribute Ints(string name, params long[] values) => new(name, 7, w =>
    {
        foreach (var value in values)
        {
            w.Varint(8, value);
        }
    });

    internal void Write(ProtoWriter writer) => _write(writer);
}
