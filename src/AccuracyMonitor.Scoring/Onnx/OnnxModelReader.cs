using System.Runtime.InteropServices;
using System.Text;

namespace AccuracyMonitor.Scoring.Onnx;

/// <summary>Reads the metadata and float32 initializers of an ONNX file that <see cref="OnnxModelBuilder"/> wrote. It does not read the
/// graph.</summary>
internal sealed class OnnxModelReader
{
    private const int FloatType = 1;

    private OnnxModelReader()
    {
    }

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>By name: row-major values.</summary>
    public Dictionary<string, float[]> Floats { get; } = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The bytes are truncated or not an ONNX file.</exception>
    public static OnnxModelReader Read(ReadOnlySpan<byte> bytes)
    {
        var result = new OnnxModelReader();
        var model = new ProtoReader(bytes);
        while (model.Next())
        {
            if (model.Field == 7)
            {
                result.ReadGraph(model.Content);
            }
            else if (model.Field == 14)
            {
                result.ReadMetadata(model.Content);
            }
        }

        return result;
    }

    private void ReadMetadata(ReadOnlySpan<byte> content)
    {
        var entry = new ProtoReader(content);
        var (key, value) = (string.Empty, string.Empty);
        while (entry.Next())
        {
            if (entry.Field == 1)
            {
                key = Encoding.UTF8.GetString(entry.Content);
            }
            else if (entry.Field == 2)
            {
                value = Encoding.UTF8.GetString(entry.Content);
            }
        }

        Metadata[key] = value;
    }

    private void ReadGraph(ReadOnlySpan<byte> content)
    {
        var graph = new ProtoReader(content);
        while (graph.Next())
        {
            if (graph.Field == 5)
            {
                ReadTensor(graph.Content);
            }
        }
    }

    private void ReadTensor(ReadOnlySpan<byte> content)
    {
        var tensor = new ProtoReader(content);
        var (name, type) = (string.Empty, 0UL);
        ReadOnlySpan<byte> raw = default;
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 2:
                    type = tensor.Number;
                    break;
                case 8:
                    name = Encoding.UTF8.GetString(tensor.Content);
                    break;
                case 9:
                    raw = tensor.Content;
                    break;
            }
        }

        if (type == FloatType && raw.Length % sizeof(float) == 0)
        {
            var values = new float[raw.Length / sizeof(float)];
            raw.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            Floats[name] = values;
        }
    }
}
