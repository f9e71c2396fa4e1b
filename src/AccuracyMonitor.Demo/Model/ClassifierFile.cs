using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Demo.Serving;
using AccuracyMonitor.Scoring.Onnx;
using Google.Protobuf;

namespace AccuracyMonitor.Demo.Model;

/// <summary>
/// The classifier as an ONNX file: what the serving application loads, and where the attack, which needs gradients, takes its weights from,
/// so that the attacked network can't differ from the served one.
/// </summary>
internal static class ClassifierFile
{
    private static readonly OnnxAttribute[] ConvolutionAttributes =
        [OnnxAttribute.Ints("kernel_shape", 3, 3), OnnxAttribute.Ints("pads", 1, 1, 1, 1)];

    private static readonly OnnxAttribute[] PoolAttributes =
        [OnnxAttribute.Ints("kernel_shape", 2, 2), OnnxAttribute.Ints("strides", 2, 2)];

    /// <param name="weights">As read from <see cref="ClassifierNetwork"/>.</param>
    /// <param name="metadata">Kept in the file: how it was trained and what it reached.</param>
    public static byte[] Write(ClassifierWeights weights, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var graph = new OnnxModelBuilder("fashion-classifier");
        var x = graph.Input(Classifier.InputName, OnnxElementType.Float, "n", 1, LabelledImages.Side, LabelledImages.Side);
        foreach (var convolution in (string[])["conv1", "conv2"])
        {
            x = graph.Node("Conv", [x, Constant($"{convolution}.weight"), Constant($"{convolution}.bias")], ConvolutionAttributes);
            x = graph.Node("MaxPool", [graph.Node("Relu", [x])], PoolAttributes);
        }

        x = graph.Node("Flatten", [x]);
        x = graph.Node("Relu", [Linear(x, "hidden")]);
        graph.Node("Softmax", [Linear(x, "output")], [Classifier.OutputName], OnnxAttribute.Int("axis", 1));
        graph.Output(Classifier.OutputName, OnnxElementType.Float, "n", LabelledImages.ClassCount);
        foreach (var (key, value) in metadata)
        {
            graph.Metadata(key, value);
        }

        return graph.ToBytes();

        string Constant(string name) => graph.Floats(name, weights[name].Values, [.. weights[name].Shape.Select(d => (long)d)]);

        string Linear(string input, string name) =>
            graph.Node("Gemm", [input, Constant($"{name}.weight"), Constant($"{name}.bias")], OnnxAttribute.Int("transB", 1));
    }

    /// <summary>Reads the weights back: the graph's initializers, field numbers as in onnx.proto.</summary>
    /// <exception cref="DemoDataException">Missing, damaged or not a file of <see cref="Write"/>.</exception>
    public static ClassifierWeights ReadWeights(string path)
    {
        try
        {
            var arrays = new Dictionary<string, WeightArray>(StringComparer.Ordinal);
            ForEachMessage(File.ReadAllBytes(path), field: 7, graph => ForEachMessage(graph, field: 5, tensor => AddTensor(tensor, arrays)));
            return arrays.Count > 0 ? new ClassifierWeights(arrays) : throw new DemoDataException($"{path}: no weights in it.");
        }
        catch (Exception e) when (e is IOException or InvalidProtocolBufferException or UnauthorizedAccessException)
        {
            throw new DemoDataException($"{path}: not readable as an ONNX model: {e.Message}", e);
        }
    }

    private static void ForEachMessage(byte[] message, int field, Action<byte[]> read)
    {
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (tag == WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited))
            {
                read(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    // TensorProto: dims = 1 (packed), data_type = 2, name = 8, raw_data = 9.
    private static void AddTensor(byte[] tensor, Dictionary<string, WeightArray> arrays)
    {
        var name = "";
        var shape = new List<int>();
        var values = Array.Empty<float>();
        ForEachMessage(tensor, field: 1, dims =>
        {
            using var packed = new CodedInputStream(dims);
            while (!packed.IsAtEnd)
            {
                shape.Add(packed.ReadInt32());
            }
        });
        ForEachMessage(tensor, field: 8, text => name = System.Text.Encoding.UTF8.GetString(text));
        ForEachMessage(tensor, field: 9, data => values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(data).ToArray());
        arrays[name] = new WeightArray([.. shape], values);
    }
}
