#pragma warning disable CA1711, CA1720 // ONNX's own words.
namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>A named constant of a node. There is one factory method for each kind that an operator here needs.</summary>
public sealed class OnnxAttribute
{
    // AttributeProto of onnx.proto: name = 1, f = 2, i = 3, s = 4, t = 5, floats = 7, ints = 8, type = 20.
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

    public static OnnxAttribute Float(string name, float value) => new(name, 1, w => w.Float(2, value));

    public static OnnxAttribute Int(string name, long value) => new(name, 2, w => w.Varint(3, value));

    public static OnnxAttribute Text(string name, string value) => new(name, 3, w => w.Text(4, value));

    public static OnnxAttribute Tensor(string name, OnnxTensor value) => new(name, 4, w => w.Message(5, value.Write));

    public static OnnxAttribute Floats(string name, params float[] values) => new(name, 6, w =>
    {
        foreach (var value in values)
        {
            w.Float(7, value);
        }
    });

    public static OnnxAttribute Ints(string name, params long[] values) => new(name, 7, w =>
    {
        foreach (var value in values)
        {
            w.Varint(8, value);
        }
    });

    internal void Write(ProtoWriter writer) => _write(writer);
}
